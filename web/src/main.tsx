import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { READ_RETRIES } from './connection/read-failed-again.ts';
import { LANGUAGE, LOCALE } from './messages/language.ts';
import { SessionProvider } from './session/session-provider.tsx';
import './tokens.css';
import './base.css';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      ...READ_RETRIES,
    },
  },
});

document.documentElement.lang = LANGUAGE;
const root = document.getElementById('root');
if (!root) throw new Error('The page has no element #root.');
createRoot(root).render(
  <I18nProvider locale={LOCALE}>
    <QueryClientProvider client={queries}>
      <SessionProvider>
        <App />
      </SessionProvider>
    </QueryClientProvider>
  </I18nProvider>,
);
