import { FolderOpen } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { OwnCases } from './cases/own-cases.tsx';
import { UnassignedStudies } from './exams/unassigned-studies.tsx';
import { RecentList } from './home/recent-list.tsx';
import { TodayList } from './home/today-list.tsx';
import { useShownPatient } from './live-updates/use-shown-patient.ts';
import { text } from './messages/text.ts';
import { SearchBox } from './search/search-box.tsx';
import { useSession } from './session/session-provider.tsx';
import './home-page.css';

/** The first page of the clinic: a search over everything, who was viewed last, and what arrived today. */
export function HomePage() {
  // What anybody uploads is in the list at once.
  useShownPatient(undefined);
  useEffect(() => {
    document.title = text('app.name');
  }, []);
  return (
    <main className="page home">
      <h1>{text('home.whose')}</h1>
      <SearchBox isLarge />
      <RecentList />
      <TodayList />
      <UnassignedStudies />
    </main>
  );
}

/** The page where patients find their cases, and open a new one by the number that the clinic gave them. */
export function CasesPage() {
  const { person } = useSession();
  const [, go] = useLocation();
  const [number, setNumber] = useState('');
  const open = (event: FormEvent) => {
    event.preventDefault();
    go(`/cases/${encodeURIComponent(number.trim())}`);
  };
  return (
    <main className="page home cases">
      <h1>{text('home.which-case')}</h1>
      {person.patientId && <OwnCases patientId={person.patientId} />}
      <form className="card home-form" onSubmit={open}>
        <h2>
          <FolderOpen aria-hidden /> {text('home.case')}
        </h2>
        <label>
          {text('home.case-number')}
          <input
            value={number}
            onChange={(event) => setNumber(event.target.value)}
            placeholder="C-77"
            required
            maxLength={64}
            pattern="\s*[A-Za-z0-9][A-Za-z0-9._\-]*\s*"
            title={text('home.case-number-form')}
            autoComplete="off"
          />
        </label>
        <button type="submit" className="button primary">
          {text('home.open-case')}
        </button>
      </form>
    </main>
  );
}
