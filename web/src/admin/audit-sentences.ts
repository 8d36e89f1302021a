import type { AuditEvent } from '../api/types.ts';
import { count } from '../parts/format.ts';

/** Events of one person that belong together, newest first. */
export interface EventGroup {
  /** Of its newest event. */
  id: string;
  events: AuditEvent[];
  who: string | null;
  name: string;
  role: AuditEvent['role'];
  /** What was done, in words. */
  verb: string;
  /** What it was done with, in words; empty if the verb says everything. */
  thing: string;
  patientIds: readonly string[];
  outcome: AuditEvent['outcome'];
  from: string;
  to: string;
}

/** What an action is in words, and what its things are called. The rest is said by the name of the action. */
const ACTIONS: Readonly<Record<string, readonly [verb: string, thing: string]>> = {
  'list-batches': ['opened', 'the page of a patient'],
  'get-image-summary': ['opened', 'the page of a patient'],
  'list-images': ['viewed', 'the images of a batch'],
  'get-image': ['viewed', 'an image'],
  'get-image-data': ['viewed', 'an image'],
  'get-image-thumbnail': ['viewed', 'an image'],
  'proxy-image': ['viewed', 'an image'],
  'download-image': ['downloaded', 'an image'],
  'get-download-url': ['downloaded', 'an image'],
  'open-image-link': ['opened a link to', 'an image'],
  'update-image': ['changed', 'an image'],
  'update-images': ['changed', 'images'],
  'edit-image': ['turned, cropped or adjusted', 'an image'],
  'list-annotations': ['viewed', 'annotations and notes'],
  'create-annotation': ['wrote', 'an annotation or note'],
  'change-annotation': ['changed', 'an annotation or note'],
  'remove-annotation': ['removed', 'an annotation or note'],
  'list-annotation-versions': ['looked up', 'the versions of an annotation or note'],
  'delete-image': ['deleted', 'an image'],
  'delete-case-image': ['deleted', 'an image'],
  'restore-image': ['restored', 'an image'],
  'move-image': ['moved', 'an image'],
  'hold-image': ['put a legal hold on', 'an image'],
  'release-image': ['released the legal hold of', 'an image'],
  'list-deleted': ['looked into', 'the trash'],
  'create-batch': ['made', 'a batch'],
  'get-batch': ['viewed', 'a batch'],
  'rename-batch': ['renamed', 'a batch'],
  'delete-batch': ['deleted', 'a batch'],
  'restore-batch': ['restored', 'a batch'],
  'move-batch': ['moved', 'a batch'],
  'create-batch-uploads': ['uploaded to', 'a batch'],
  'upload-batch-images': ['uploaded to', 'a batch'],
  'download-batch': ['downloaded', 'a batch'],
  'create-export': ['exported', 'a batch'],
  'get-export': ['waited for', 'an export'],
  'create-case-upload': ['uploaded to', 'a case'],
  'upload-case-image': ['uploaded to', 'a case'],
  'complete-upload': ['uploaded', 'an image'],
  'list-cases': ['opened', 'the page of a patient'],
  'list-case-images': ['viewed', 'a case'],
  'assign-case': ['assigned', 'a case'],
  'create-record-image': ['added an image to', 'a record'],
  'list-record-images': ['viewed', 'the images of a record'],
  'list-patients': ['searched', 'the directory of patients'],
  'search-all': ['searched', 'patients and studies'],
  'list-uploads': ['viewed', 'the uploads of a day'],
  'get-patient': ['looked up', 'name and birth date'],
  'identify-patient': ['looked up', 'name and birth date'],
  'put-patient': ['wrote', 'the entry of a patient'],
  'erase-patient': ['erased', 'everything of a patient'],
  'get-erasure': ['read', 'the certificate of an erasure'],
  'list-erasures': ['viewed', 'the erasures of patients'],
  'create-patient-export': ['exported', 'everything of a patient'],
  'upload-dicom': ['uploaded', 'a DICOM file'],
  'create-dicom-upload': ['uploaded', 'a DICOM file'],
  'create-dicom-uploads': ['uploaded', 'DICOM files'],
  'get-dicom-upload': ['waited for', 'a DICOM upload'],
  'list-dicom-uploads': ['waited for', 'DICOM uploads'],
  'store-instances': ['stored', 'a study'],
  'store-study-instances': ['stored', 'a study'],
  'search-studies': ['searched', 'studies'],
  'search-series': ['viewed', 'a study'],
  'search-instances': ['viewed', 'a study'],
  'get-metadata': ['viewed', 'a study'],
  'get-frames': ['viewed', 'a study'],
  'get-rendered-frame': ['viewed', 'a study'],
  'get-frame-thumbnail': ['viewed', 'a study'],
  'get-bulk-data': ['viewed', 'a study'],
  'get-dicom': ['viewed', 'a study'],
  'retrieve-instances': ['downloaded', 'a study'],
  'delete-instances': ['deleted', 'a study'],
  'restore-instances': ['restored', 'a study'],
  'assign-study': ['assigned', 'a study'],
  'hold-study': ['put a legal hold on', 'a study'],
  'release-study': ['released the legal hold of', 'a study'],
  'list-deleted-dicom': ['looked into', 'the trash of studies'],
  'create-exam-image': ['registered', 'a picture of an exam'],
  'list-exam-images': ['viewed', 'an exam'],
  'get-exam-image': ['viewed', 'an exam'],
  'create-api-key': ['made', 'an API key'],
  'list-api-keys': ['viewed', 'the API keys'],
  'revoke-api-key': ['revoked', 'an API key'],
  'open-connection': ['connected', 'for live updates'],
  'close-connection': ['disconnected', 'from live updates'],
  'show-patient': ['opened', 'the page of a patient'],
  'make-thumbnail': ['checked', 'an image'],
  'process-arrived-image': ['checked', 'an image'],
  'ingest-dicom': ['checked', 'a DICOM file'],
  reconcile: ['gave up', 'an upload that never arrived'],
  authorizer: ['were refused', 'because of their credentials'],
  'authorize-connection': ['were refused', 'because of their credentials'],
  'get-status': ['viewed', 'the state of the service'],
  'list-audit-events': ['read', 'the audit log'],
  'get-audit-event': ['read', 'the audit log'],
};

/** What is uploaded and seen of a patient in one go is at most so far apart; milliseconds. */
const PAUSE_MS = 10 * 60_000;

/**
 * Groups the events of a list, newest first: those of one person with the same verb, thing, patient and outcome that follow each other
 * within ten minutes are one group. Events of others in between do not part them.
 */
export function groupEvents(events: readonly AuditEvent[]): EventGroup[] {
  const groups: EventGroup[] = [];
  // An event of a former version has no name, and others of the same person may have one.
  const names = new Map(events.flatMap(({ who, name }) => (who && name ? [[who, name] as const] : [])));
  const latest = new Map<string, EventGroup>();
  for (const event of events) {
    const [verb, thing] = wordsOf(event);
    const { who, role, address, patient_ids: patientIds, outcome, at } = event;
    const key = JSON.stringify([who, role, who === null && address, verb, thing, patientIds, outcome]);
    const known = latest.get(key);
    if (known && Date.parse(known.from) - Date.parse(at) <= PAUSE_MS) {
      known.events.push(event);
      known.from = at < known.from ? at : known.from;
      continue;
    }
    const group: EventGroup = {
      ...{ id: event.id, events: [event], who, role, verb, thing, patientIds, outcome },
      ...{ name: nameOf(event, names), from: at, to: at },
    };
    groups.push(group);
    latest.set(key, group);
  }
  return groups;
}

/** The sentence of an event: its verb, and what it is about by its name, if it has one. */
export function wordsOf({ action, about }: Pick<AuditEvent, 'action' | 'about'>): readonly [string, string] {
  const [verb, thing] = ACTIONS[action] ?? [action.replaceAll('-', ' '), ''];
  return [verb, about ?? thing];
}

/** Who it was: a name, or what kind of caller has none. */
function nameOf({ name, who, role }: AuditEvent, names: ReadonlyMap<string, string>): string {
  if (name !== null) return name;
  if (who !== null) return names.get(who) ?? who;
  if (role === 'system') return 'The service';
  if (role === 'link') return 'Somebody with a link';
  return 'Callers who were not signed in';
}

/** How often or how much, if more than one: `180 images`, `3 times`. */
export function extentOf({ events, verb }: Pick<EventGroup, 'events' | 'verb'>): string | undefined {
  if (events.length < 2) return undefined;
  const images = new Set(
    events.flatMap(({ things }) => things.filter((thing) => /^(image|instance|exam image) /.test(thing))),
  ).size;
  return verb === 'viewed' && images > 1 ? count(images, 'image') : `${events.length} times`;
}
