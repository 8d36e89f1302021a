import { Link } from 'wouter';
import { text } from '../messages/text.ts';
import { recentPatients } from '../search/recent-patients.ts';
import { useSession } from '../session/session-provider.tsx';

/** Links to the patients that this person has viewed last. Renders nothing if there are none. */
export function RecentList() {
  const { person } = useSession();
  const patients = recentPatients(person.subject);
  if (patients.length === 0) return null;
  return (
    <nav className="recent" aria-label={text('home.recent')}>
      <span className="quiet">{text('home.recent')}</span>
      <ul>
        {patients.map(({ patientId, name }) => (
          <li key={patientId}>
            <Link href={`/patients/${encodeURIComponent(patientId)}`}>
              {name && <b>{name}</b>} <span>{patientId}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
