/** A patient whose page was open lately. */
export interface RecentPatient {
  patientId: string;
  name: string | null;
}

const PREFIX = 'negatoscope.recent.';
const MOST = 8;

/**
 * The patients that a person has viewed in this tab, the last one first. They are kept as long as the person is signed in: in the
 * storage of the tab, as the token is, so that nobody else who uses the computer finds them.
 */
export function recentPatients(subject: string): RecentPatient[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + subject) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Puts a patient first. What another person has left in this tab is removed. */
export function rememberPatient(subject: string, patient: RecentPatient): void {
  for (const key of Object.keys(sessionStorage))
    if (key.startsWith(PREFIX) && key !== PREFIX + subject) sessionStorage.removeItem(key);
  const others = recentPatients(subject).filter(({ patientId }) => patientId !== patient.patientId);
  sessionStorage.setItem(PREFIX + subject, JSON.stringify([patient, ...others].slice(0, MOST)));
}

/** Removes the patients of everybody, at sign-out. */
export function forgetRecentPatients(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}
