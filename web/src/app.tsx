import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter';
import { normalizePatientId } from '../../lib/domain/patients/normalize-patient-id.ts';
import { AppProviders } from './app-providers.tsx';
import { CasesPage, HomePage } from './home-page.tsx';
import { LiveUpdatesNotice } from './live-updates/live-updates-notice.tsx';
import { text } from './messages/text.ts';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { lazyPart } from './parts/lazy-part.ts';
import { Message } from './parts/message.tsx';
import { Spinner } from './parts/spinner.tsx';
import { useIdentity } from './patient-banner/identity.ts';
import { NewPatient } from './patient-banner/new-patient.tsx';
import { useSession } from './session/session-provider.tsx';
import { TopBar } from './top-bar.tsx';

const Loading = () => <Spinner label={text('app.loading')} />;
const PatientPage = lazyPart(() => import('./patient/patient-page.tsx'), 'PatientPage', Loading);
const CasePage = lazyPart(() => import('./cases/case-page.tsx'), 'CasePage', Loading);
const ExamPage = lazyPart(() => import('./exams/exam-page.tsx'), 'ExamPage', Loading);
const StudyPage = lazyPart(() => import('./exams/study-page.tsx'), 'StudyPage', Loading);
const AuditPage = lazyPart(() => import('./admin/audit-page.tsx'), 'AuditPage', Loading);
const TrashPage = lazyPart(() => import('./trash/trash-page.tsx'), 'TrashPage', Loading);
const StatusPage = lazyPart(() => import('./admin/status-page.tsx'), 'StatusPage', Loading);
const PeoplePage = lazyPart(() => import('./people/people-page.tsx'), 'PeoplePage', Loading);
const KeysPage = lazyPart(() => import('./admin/keys-page.tsx'), 'KeysPage', Loading);

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
  const [path] = useLocation();
  return (
    <AppProviders>
      <TopBar />
      <LiveUpdatesNotice />
      <ErrorBoundary key={path}>
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
          {isAdmin && <Route path="/admin/people" component={PeoplePage} />}
          {isAdmin && <Route path="/admin/keys" component={KeysPage} />}
          <Route>
            <main className="page">
              <Message title={text('app.no-such-page')}>{text('app.misspelt')}</Message>
            </main>
          </Route>
        </Switch>
      </ErrorBoundary>
    </AppProviders>
  );
}
