import { LogOut } from 'lucide-react';
import { Link, useLocation, useRoute } from 'wouter';
import { LanguageSelect } from './messages/language-select.tsx';
import { text } from './messages/text.ts';
import { pageConfig } from './page-config.ts';
import { IconButton } from './parts/icon-button.tsx';
import { SearchBox } from './search/search-box.tsx';
import { useSession } from './session/session-provider.tsx';
import './top-bar.css';

/** The bar on every page: navigation and the signed-in user. */
export function TopBar() {
  const { person, signOut } = useSession();
  const { clinic } = pageConfig();
  const name = clinic.name ?? text('app.name');
  const [path] = useLocation();
  return (
    <header className="top-bar">
      <Link href="/" className="top-bar-name" aria-label={name}>
        <img src={clinic.logo ?? '/favicon.svg'} alt="" height={26} />
        <span>{name}</span>
      </Link>
      <nav aria-label={text('top-bar.main')}>
        {person.patientId && (
          <NavLink href={`/patients/${person.patientId}`}>{text('top-bar.images')}</NavLink>
        )}
        {person.patientId && <NavLink href="/cases">{text('top-bar.cases')}</NavLink>}
        {person.role === 'admin' && <NavLink href="/admin/audit">{text('top-bar.audit')}</NavLink>}
        {person.role === 'admin' && <NavLink href="/admin/people">{text('top-bar.people')}</NavLink>}
        {person.role === 'admin' && <NavLink href="/admin/keys">{text('top-bar.keys')}</NavLink>}
        {person.role === 'admin' && <NavLink href="/admin/status">{text('top-bar.status')}</NavLink>}
      </nav>
      {/* The first page has the large one. */}
      {person.role !== 'patient' && path !== '/' && <SearchBox />}
      <span className="top-bar-person">
        <b>{person.name}</b> <span>{text(`role.${person.role}`)}</span>
      </span>
      <LanguageSelect />
      <IconButton
        icon={LogOut}
        onClick={signOut}
        label={text('top-bar.sign-out')}
        title={text('top-bar.sign-out')}
      />
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
