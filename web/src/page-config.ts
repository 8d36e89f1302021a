import type { PageConfig } from '../../lib/api/page-config.ts';
import { text } from './messages/text.ts';

let config: PageConfig | undefined;

/** Loads the sign-in address and the clinic's settings, before anything else. */
export async function loadPageConfig(): Promise<PageConfig> {
  const response = await fetch('/config.json');
  if (!response.ok) throw new Error(text('app.settings-not-loaded'));
  config = (await response.json()) as PageConfig;
  return config;
}

/** The loaded configuration. */
export function pageConfig(): PageConfig {
  if (!config) throw new Error('The settings of this page are not loaded yet.');
  return config;
}
