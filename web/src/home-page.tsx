import { FolderOpen, ScanLine, UserRound } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { OwnCases } from './cases/own-cases.tsx';
import { UnassignedStudies } from './exams/unassigned-studies.tsx';
import { useSession } from './session/session-provider.tsx';
import './home-page.css';

const EXAM = 'c627b932-4370-4123-bad4-a81be00dad8d';

/** The start page of staff: opens a patient, a case or an exam by its number. */
export function HomePage() {
  return (
    <main className="page home">
      <h1>Whose images?</h1>
      <div className="home-cards">
        <OpenForm icon={<UserRound aria-hidden />} title="Patient" example="P-1001" path="/patients" />
        <OpenForm icon={<FolderOpen aria-hidden />} title="Case" example="C-77" path="/cases" />
        <OpenForm icon={<ScanLine aria-hidden />} title="Exam" example={EXAM} path="/exams" />
      </div>
      <UnassignedStudies />
    </main>
  );
}

/** The page where patients find their cases, and open a new one by the number that the clinic gave them. */
export function CasesPage() {
  const { person } = useSession();
  return (
    <main className="page home">
      <h1>Which case?</h1>
      {person.patientId && <OwnCases patientId={person.patientId} />}
      <OpenForm icon={<FolderOpen aria-hidden />} title="Case" example="C-77" path="/cases" />
    </main>
  );
}

interface OpenFormProps {
  icon: React.ReactNode;
  title: string;
  example: string;
  path: string;
}

function OpenForm({ icon, title, example, path }: OpenFormProps) {
  const [, go] = useLocation();
  const [number, setNumber] = useState('');
  const open = (event: FormEvent) => {
    event.preventDefault();
    go(`${path}/${encodeURIComponent(number.trim())}`);
  };
  return (
    <form className="card home-form" onSubmit={open}>
      <h2>
        {icon} {title}
      </h2>
      <label>
        {title} number
        <input
          value={number}
          onChange={(event) => setNumber(event.target.value)}
          placeholder={example}
          required
          maxLength={64}
          pattern="\s*[A-Za-z0-9][A-Za-z0-9._\-]*\s*"
          title="Letters, digits, dots, dashes and underscores"
          autoComplete="off"
        />
      </label>
      <button type="submit" className="button primary">
        Open {title.toLowerCase()}
      </button>
    </form>
  );
}
