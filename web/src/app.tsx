import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch, useSearch } from 'wouter';
import { normalizePatientId } from '../../lib/domain/patients/normalize-patient-id.ts';
import { AppProviders } from './app-providers.tsx';
import { CasesPage, HomePage } from './home-page.tsx';
import { LiveUpdatesNotice } from './live-updates/live-updates-notice.tsx';
import { Message } from './parts/message.tsx';
import { Spinner } from './parts/spinner.tsx';
import { useIdentity } from './patient-banner/identity.ts';
import { NewPatient } from './patient-banner/new-patient.tsx';
import { useSession } from './session/session-provider.tsx';
import { TopBar } from './top-bar.tsx';

const PatientPage = lazy(() =>
  import('./patient/patient-page.tsx').then((m) => ({ default: m.PatientPage })),
);
const CasePage = lazy(() => import('./cases/case-page.tsx').then((m) => ({ default: m.CasePage })));
const ExamPage = lazy(() => import('./exams/exam-page.tsx').then((m) => ({ default: m.ExamPage })));
const StudyPage = lazy(() => import('./exams/study-page.tsx').then((m) => ({ default: m.StudyPage })));
const AuditPage = lazy(() => import('./admin/audit-page.tsx').then((m) => ({ default: m.AuditPage })));
const TrashPage = lazy(() => import('./trash/trash-page.tsx').then((m) => ({ default: m.TrashPage })));
const StatusPage = lazy(() => import('./admin/status-page.tsx').then((m) => ({ default: m.StatusPage })));
const KeysPage = lazy(() => import('./admin/keys-page.tsx').then((m) => ({ default: m.KeysPage })));

/** A patient's page, at the normal form of the number, by which all lists are cached. */
function PatientRoute({ id }: { id: string }) {
  const patientId = normalizePatientId(id);
  const { person } = useSession();
  const { data: identity } = useIdentity(id === patientId ? id : undefined);
  const query = useSearch();
  if (id !== patientId)
    return <Redirect to={`/patients/${encodeURIComponent(patientId)}${query && `?${query}`}`} replace />;
  // Patients have their number from the clinic.
  if (identity && !identity.isKnown && person.role !== 'patient') return <NewPatient identity={identity} />;
  return <PatientPage key={id} patientId={id} />;
}

/** The routes, and who may see them. */
export function App() {
  const { person } = useSession();
  const isAdmin = person.role === 'admin';
  return (
    <AppProviders>
      <TopBar />
      <LiveUpdatesNotice />
      <Suspense fallback={<Spinner label="Loading the page" />}>
        <Switch>
          <Route path="/">
            {person.patientId ? <Redirect to={`/patients/${person.patientId}`} replace /> : <HomePage />}
          </Route>
          <Route path="/patients/:id">{({ id }) => <PatientRoute id={id} />}</Route>
          {person.mayDelete && (
            <Route path="/patients/:id/trash">
              {({ id }) => <TrashPage key={id} patientId={normalizePatientId(id)} />}
            </Route>
          )}
          {person.mayDelete && <Route path="/trash">{() => <TrashPage patientId={undefined} />}</Route>}
          <Route path="/cases" component={CasesPage} />
          <Route path="/cases/:id">{({ id }) => <CasePage key={id} caseId={id} />}</Route>
          <Route path="/exams/:id">{({ id }) => <ExamPage key={id} examId={id} />}</Route>
          <Route path="/studies/:uid">{({ uid }) => <StudyPage key={uid} study={uid} />}</Route>
          {isAdmin && <Route path="/admin/audit" component={AuditPage} />}
          {isAdmin && <Route path="/admin/status" component={StatusPage} />}
          {isAdmin && <Route path="/admin/keys" component={KeysPage} />}
          <Route>
            <main className="page">
              <Message title="There is no such page">The address may be misspelt.</Message>
            </main>
          </Route>
        </Switch>
      </Suspense>
    </AppProviders>
  );
}
