import { LogOut } from 'lucide-react';
import { Link, useLocation, useRoute } from 'wouter';
import { pageConfig } from './page-config.ts';
import { IconButton } from './parts/icon-button.tsx';
import { SearchBox } from './search/search-box.tsx';
import { useSession } from './session/session-provider.tsx';
import './top-bar.css';

/** The bar on every page: navigation and the signed-in user. */
export function TopBar() {
  const { person, signOut } = useSession();
  const { clinic } = pageConfig();
  const [path] = useLocation();
  return (
    <header className="top-bar">
      <Link href="/" className="top-bar-name" aria-label={clinic.name ?? 'Negatoscope'}>
        <img src={clinic.logo ?? '/favicon.svg'} alt="" height={26} />
        <span>{clinic.name ?? 'Negatoscope'}</span>
      </Link>
      <nav aria-label="Main">
        {person.patientId && <NavLink href={`/patients/${person.patientId}`}>Images</NavLink>}
        {person.patientId && <NavLink href="/cases">Cases</NavLink>}
        {person.role === 'admin' && <NavLink href="/admin/audit">Audit log</NavLink>}
        {person.role === 'admin' && <NavLink href="/admin/keys">API keys</NavLink>}
        {person.role === 'admin' && <NavLink href="/admin/status">Status</NavLink>}
      </nav>
      {/* The first page has the large one. */}
      {person.role !== 'patient' && path !== '/' && <SearchBox />}
      <span className="top-bar-person">
        <b>{person.name}</b> <span>{person.role}</span>
      </span>
      <IconButton icon={LogOut} onClick={signOut} label="Sign out" title="Sign out" />
    </header>
  );
}

function NavLink({ href, children }: { href: string; children: string }) {
  const [isHere] = useRoute(href);
  return (
    <Link href={href} aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  );
}
