import type { AuditEvent } from '../api/types.ts';
import { type MessageOf, text } from '../messages/text.ts';

/** Events of one person that belong together, newest first. */
export interface EventGroup {
  /** Of its newest event. */
  id: string;
  events: AuditEvent[];
  who: string | null;
  name: string;
  role: AuditEvent['role'];
  action: string;
  /** The name of what it was done with. */
  about: string | null;
  patientIds: readonly string[];
  outcome: AuditEvent['outcome'];
  from: string;
  to: string;
}

/** What was done, by its message: a verb, a dot, and a kind of thing. */
type Sentence = MessageOf<'audit-sentence'>;

/** What was done by each action. The rest is said by the name of the action. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  'list-batches': 'opened.patient-page',
  'get-image-summary': 'opened.patient-page',
  'list-images': 'viewed.batch-images',
  'get-image': 'viewed.image',
  'get-image-data': 'viewed.image',
  'get-image-thumbnail': 'viewed.image',
  'proxy-image': 'viewed.image',
  'download-image': 'downloaded.image',
  'get-download-url': 'downloaded.image',
  'open-image-link': 'opened-link.image',
  'update-image': 'changed.image',
  'update-images': 'changed.images',
  'edit-image': 'edited.image',
  'list-annotations': 'viewed.annotations',
  'create-annotation': 'wrote.annotation',
  'change-annotation': 'changed.annotation',
  'remove-annotation': 'removed.annotation',
  'list-annotation-versions': 'looked-up.annotation-versions',
  'delete-image': 'deleted.image',
  'delete-case-image': 'deleted.image',
  'restore-image': 'restored.image',
  'move-image': 'moved.image',
  'hold-image': 'held.image',
  'release-image': 'released.image',
  'list-deleted': 'looked-into.trash',
  'create-batch': 'made.batch',
  'get-batch': 'viewed.batch',
  'rename-batch': 'renamed.batch',
  'delete-batch': 'deleted.batch',
  'restore-batch': 'restored.batch',
  'move-batch': 'moved.batch',
  'create-batch-uploads': 'uploaded-to.batch',
  'upload-batch-images': 'uploaded-to.batch',
  'download-batch': 'downloaded.batch',
  'create-export': 'exported.batch',
  'get-export': 'waited-for.export',
  'create-case-upload': 'uploaded-to.case',
  'upload-case-image': 'uploaded-to.case',
  'complete-upload': 'uploaded.image',
  'list-cases': 'opened.patient-page',
  'list-case-images': 'viewed.case',
  'assign-case': 'assigned.case',
  'create-record-image': 'added-image.record',
  'list-record-images': 'viewed.record-images',
  'list-patients': 'searched.directory',
  'search-all': 'searched.everything',
  'list-uploads': 'viewed.day',
  'get-patient': 'looked-up.patient',
  'identify-patient': 'looked-up.patient',
  'put-patient': 'wrote.patient',
  'erase-patient': 'erased.patient',
  'get-erasure': 'read.certificate',
  'list-erasures': 'viewed.erasures',
  'create-patient-export': 'exported.patient',
  'upload-dicom': 'uploaded.dicom-file',
  'create-dicom-upload': 'uploaded.dicom-file',
  'create-dicom-uploads': 'uploaded.dicom-files',
  'get-dicom-upload': 'waited-for.dicom-upload',
  'list-dicom-uploads': 'waited-for.dicom-uploads',
  'store-instances': 'stored.study',
  'store-study-instances': 'stored.study',
  'search-studies': 'searched.studies',
  'search-series': 'viewed.study',
  'search-instances': 'viewed.study',
  'get-metadata': 'viewed.study',
  'get-frames': 'viewed.study',
  'get-rendered-frame': 'viewed.study',
  'get-frame-thumbnail': 'viewed.study',
  'get-bulk-data': 'viewed.study',
  'get-dicom': 'viewed.study',
  'retrieve-instances': 'downloaded.study',
  'delete-instances': 'deleted.study',
  'restore-instances': 'restored.study',
  'assign-study': 'assigned.study',
  'hold-study': 'held.study',
  'release-study': 'released.study',
  'list-deleted-dicom': 'looked-into.study-trash',
  'create-exam-image': 'registered.exam-picture',
  'list-exam-images': 'viewed.exam',
  'get-exam-image': 'viewed.exam',
  'list-people': 'viewed.people',
  'create-person': 'added.person',
  'update-person': 'changed.person',
  'create-api-key': 'made.key',
  'list-api-keys': 'viewed.keys',
  'revoke-api-key': 'revoked.key',
  'open-connection': 'connected.live',
  'close-connection': 'disconnected.live',
  'show-patient': 'opened.patient-page',
  'make-thumbnail': 'checked.image',
  'process-arrived-image': 'checked.image',
  'ingest-dicom': 'checked.dicom-file',
  reconcile: 'gave-up.upload',
  authorizer: 'were-refused.credentials',
  'authorize-connection': 'were-refused.credentials',
  'get-status': 'viewed.status',
  'list-audit-events': 'read.audit-log',
  'get-audit-event': 'read.audit-log',
};

/** What is uploaded and seen of a patient in one go is at most so far apart; milliseconds. */
const PAUSE_MS = 10 * 60_000;

/**
 * Groups the events of a list, newest first: those of one person who did the same with the same thing of a patient, with the
 * same outcome, at most ten minutes apart, are one group. Events of others in between do not part them.
 */
export function groupEvents(events: readonly AuditEvent[]): EventGroup[] {
  const groups: EventGroup[] = [];
  // An event of a former version has no name, and others of the same person may have one.
  const names = new Map(events.flatMap(({ who, name }) => (who && name ? [[who, name] as const] : [])));
  const latest = new Map<string, EventGroup>();
  for (const event of events) {
    const { action, about, who, role, address, patient_ids: patientIds, outcome, at } = event;
    const did = [verbOf(event), about ?? { kind: thingOf(event) }];
    const key = JSON.stringify([who, role, who === null && address, did, patientIds, outcome]);
    const known = latest.get(key);
    if (known && Date.parse(known.from) - Date.parse(at) <= PAUSE_MS) {
      known.events.push(event);
      known.from = at < known.from ? at : known.from;
      continue;
    }
    const group: EventGroup = {
      ...{ id: event.id, events: [event], who, role, action, about, patientIds, outcome },
      ...{ name: nameOf(event, names), from: at, to: at },
    };
    groups.push(group);
    latest.set(key, group);
  }
  return groups;
}

type Did = Pick<AuditEvent, 'action' | 'about'>;

/** What was done, as the end of a sentence that begins with a person. What it was done with is called by its name, if it has one. */
export function sentenceOf({ action, about }: Did): string {
  const sentence = SENTENCES[action];
  if (sentence) return text(`audit-sentence.${sentence}`, { named: about !== null, thing: about });
  return [action.replaceAll('-', ' '), about].filter(Boolean).join(' ');
}

/** The verb, and below the kind of thing, as ids that are the same in all languages. */
const verbOf = ({ action }: Pick<Did, 'action'>) => SENTENCES[action]?.split('.')[0] ?? action;
const thingOf = ({ action }: Pick<Did, 'action'>) => SENTENCES[action]?.split('.')[1] ?? '';

/** Who it was: a name, or what kind of caller has none. */
function nameOf({ name, who, role }: AuditEvent, names: ReadonlyMap<string, string>): string {
  if (name !== null) return name;
  if (who !== null) return names.get(who) ?? who;
  if (role === 'system') return text('audit.the-service');
  if (role === 'link') return text('audit.with-link');
  return text('audit.not-signed-in');
}

/** How often or how much, if more than one: `180 images`, `3 times`. */
export function extentOf({ events, action }: Pick<EventGroup, 'events' | 'action'>): string | undefined {
  if (events.length < 2) return undefined;
  const images = new Set(
    events.flatMap(({ things }) => things.filter((thing) => /^(image|instance|exam image) /.test(thing))),
  ).size;
  return verbOf({ action }) === 'viewed' && images > 1
    ? text('parts.images', { count: images })
    : text('audit.times', { count: events.length });
}
