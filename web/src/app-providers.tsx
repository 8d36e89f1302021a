import type { ReactNode } from 'react';
import { ToastsProvider } from './changes/toasts-provider.tsx';
import { ConnectionNotice } from './connection/connection-notice.tsx';
import { DownloadsProvider } from './downloads/downloads-provider.tsx';
import { LiveUpdatesProvider } from './live-updates/live-updates-provider.tsx';
import { ShortcutsHelp } from './shortcuts/shortcuts-help.tsx';
import { UnderWayBar } from './under-way/under-way-bar.tsx';
import { UploadsProvider } from './uploads/uploads-provider.tsx';

/** What goes on across page changes: live updates, uploads, downloads, and what can be undone. */
export const AppProviders = ({ children }: { children: ReactNode }) => (
  <LiveUpdatesProvider>
    <ToastsProvider>
      <UploadsProvider>
        <DownloadsProvider>
          {children}
          <UnderWayBar />
          <ConnectionNotice />
          <ShortcutsHelp />
        </DownloadsProvider>
      </UploadsProvider>
    </ToastsProvider>
  </LiveUpdatesProvider>
);
