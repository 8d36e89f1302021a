import { toAnnotation } from '../../api/views/annotation.ts';
import { toBatchImage } from '../../api/views/batch-image.ts';
import { toListedEvent } from '../../api/views/listed-event.ts';
import { toListedPatient } from '../../api/views/listed-patient.ts';
import { toPatientBatch } from '../../api/views/patient-batch.ts';
import type { AnnotationList } from '../../data/annotations/annotation-list.ts';
import type { AuditReader } from '../../data/audit/audit-reader.ts';
import type { Batches } from '../../data/batches.ts';
import type { Images } from '../../data/images/images.ts';
import type { Patients } from '../../data/patients.ts';
import type { Annotation } from '../../domain/annotations/annotation.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { Batch } from '../../domain/batches/batch.ts';
import { DomainError } from '../../domain/errors.ts';
import { outgoingFileName } from '../../domain/file-name.ts';
import { type Image, isReady, type ReadyImage } from '../../domain/images/image.ts';
import { shownTimeOf } from '../../domain/images/local-time.ts';
import { mapInOrder } from '../../domain/in-order.ts';
import { safeEntryNames } from '../../media/zip/zip-entry-names.ts';
import { dicomKey } from '../../storage/object-keys.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';
import { type DicomOfPatient, instancesOf, type SeriesFiles } from './patient-dicom.ts';

export interface PatientArchiveDeps extends DicomOfPatient {
  annotationList: Pick<AnnotationList, 'allOf'>;
  patients: Pick<Patients, 'get'>;
  batches: Pick<Batches, 'allOfPatient'>;
  images: Pick<Images, 'allOfPatient'>;
}

/** A file of the archive for each item that has one. */
type Filed = ReadonlyMap<string, ManifestEntry>;

/**
 * Returns the manifest of an archive of everything that is known of a patient: the originals of the images, the DICOM files as they
 * are stored, and `patient.json` with the entry in the directory, what is known of each file, and what was annotated. What is deleted is
 * left out.
 *
 * @param accesses if given, the events of the audit log about the patient, for `accesses.json`
 * @throws DomainError NOT_FOUND if nothing is known
 */
export async function patientManifest(
  patientId: string,
  accesses: readonly AuditEvent[] | undefined,
  deps: PatientArchiveDeps,
): Promise<Manifest> {
  const [directory, batches, images, series] = await Promise.all([
    deps.patients.get(patientId),
    Array.fromAsync(deps.batches.allOfPatient(patientId)),
    Array.fromAsync(deps.images.allOfPatient(patientId)),
    Array.fromAsync(instancesOf(patientId, deps)),
  ]);
  if (!directory && batches.length + images.length + series.length === 0)
    throw new DomainError('NOT_FOUND', 'Nothing is stored of this patient.');
  const [pictures, studies] = [imageEntries(images, batches), dicomEntries(series)];
  const files = [...pictures.values(), ...studies.values()];
  const known = {
    patient_id: patientId,
    directory: directory ? toListedPatient(directory) : null,
    batches: batches.map(toPatientBatch),
    images: images.map((image) => describeImage(image, pictures)),
    series: series.map((each) => describeSeries(each, studies)),
    annotations: (await annotationsOf(batches, images, series, deps)).map(toAnnotation),
  };
  // The same contents give the same archive, so that no time of the request is part of it.
  const modified = files.reduce(
    (latest, file) => (file.modified > latest ? file.modified : latest),
    ZIP_BEGINS,
  );
  const texts = [
    jsonEntry('patient.json', known, modified),
    ...(accesses ? [jsonEntry('accesses.json', accesses.map(describeAccess(patientId)), modified)] : []),
  ];
  return { fileName: 'Patient archive.zip', entries: [...texts, ...files] };
}

/** Images, batches and studies whose annotations are read at the same time. */
const READ_AT_ONCE = 25;

/** The annotations of everything in the archive, as they are now. */
async function annotationsOf(
  batches: readonly Batch[],
  images: readonly Image[],
  series: readonly SeriesFiles[],
  { annotationList }: Pick<PatientArchiveDeps, 'annotationList'>,
): Promise<Annotation[]> {
  // The others never had one.
  const annotated = [...batches, ...images].filter(({ annotatedAt }) => annotatedAt !== undefined);
  const places = [...annotated.map(({ id }) => id), ...new Set(series.map(({ study }) => study.studyUid))];
  const instances = new Set(series.flatMap((each) => each.instances.map(({ sopUid }) => sopUid)));
  const read = mapInOrder(places, READ_AT_ONCE, (of) => Array.fromAsync(annotationList.allOf(of)));
  return (await Array.fromAsync(read))
    .flat()
    .filter(({ instance }) => instance === undefined || instances.has(instance));
}

/** Reads all events about a patient that the audit log keeps, newest first. */
export async function accessesOf(
  patientId: string,
  auditReader: Pick<AuditReader, 'list'>,
): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await auditReader.list({ patientId }, { limit: 500, cursor });
    events.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return events;
}

/** The first day that an entry of a ZIP can have. */
const ZIP_BEGINS = new Date('1980-01-01T00:00:00Z');

/** The ready images in a folder for each batch and each case. */
function imageEntries(images: readonly Image[], batches: readonly Batch[]): Filed {
  const folders = Map.groupBy(images.filter(isReady), ({ batchId, caseId }) => batchId ?? caseId);
  const names = new Map(batches.map(({ id, name }) => [id, name]));
  const folderNames = safeEntryNames(
    [...folders.keys()].map((id) => (id === undefined ? 'Other images' : (names.get(id) ?? id))),
  );
  const entries = [...folders.values()].flatMap((inFolder, folder) => {
    const fileNames = safeEntryNames(inFolder.map(outgoingFileName));
    return inFolder.map((image, index) =>
      imageEntry(image, `images/${folderNames[folder]}/${fileNames[index]}`),
    );
  });
  return new Map(entries);
}

const imageEntry = (image: ReadyImage, name: string) =>
  [
    image.id,
    {
      key: image.key,
      name,
      bytes: image.fileSize,
      crc32: Buffer.from(image.crc32, 'base64').readUInt32BE(),
      modified: new Date(`${shownTimeOf(image)}Z`),
    },
  ] as const;

/** The DICOM files in short folders: three UIDs are more than Windows takes in a path. `patient.json` has the UIDs. */
function dicomEntries(series: readonly SeriesFiles[]): Filed {
  const studies = [...new Set(series.map(({ study }) => study.studyUid))];
  return new Map(
    series.flatMap(({ study, instances }, folder) =>
      instances.map((instance, index) => [
        instance.sopUid,
        {
          key: dicomKey(instance),
          name: `studies/${studies.indexOf(study.studyUid) + 1}/${folder + 1}/${index + 1}.dcm`,
          bytes: instance.bytes,
          modified: new Date(instance.uploadedAt),
        },
      ]),
    ),
  );
}

/** Without what only the service can use: keys and URLs. */
function describeImage(image: Image, files: Filed) {
  const {
    s3_key: _s3_key,
    s3_thumbnail_key: _s3_thumbnail_key,
    url: _url,
    thumbnail_url: _thumbnail_url,
    ...shown
  } = toBatchImage(image, null);
  const { caseId, eyeSide } = image;
  return { ...shown, case: caseId ?? null, eye_side: eyeSide, file: files.get(image.id)?.name ?? null };
}

const describeSeries = ({ study, series, instances }: SeriesFiles, files: Filed) => ({
  study_instance_uid: study.studyUid,
  study_attributes: study.attributes,
  series_instance_uid: series.seriesUid,
  series_attributes: series.attributes,
  instances: instances.map(({ sopUid, sha256, bytes, uploadedAt, attributes }) => ({
    sop_instance_uid: sopUid,
    attributes,
    bytes,
    sha256,
    uploaded_at: uploadedAt,
    file: files.get(sopUid)?.name ?? null,
  })),
});

/** Without what an event about several patients says of the others: their numbers, and what was searched or accessed. */
const describeAccess = (patientId: string) => (event: AuditEvent) => {
  const listed = toListedEvent(event);
  return event.patientIds.length <= 1
    ? listed
    : { ...listed, path: '', patient_ids: [patientId], things: [] };
};

function jsonEntry(name: string, value: unknown, modified: Date): ManifestEntry {
  const text = `${JSON.stringify(value, null, 1)}\n`;
  return { text, name, bytes: Buffer.byteLength(text), modified };
}
