import type { TestProject } from 'vitest/node';
import { launchBrowserServer } from './launch-browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the browser that the files of the project `web` share. */
    browserUrl?: string;
  }
}

/** Starts one browser for all files; each opens windows of its own in it. */
export async function setup(project: TestProject) {
  const browser = await launchBrowserServer();
  project.provide('browserUrl', browser.wsEndpoint());
  return () => browser.close();
}
