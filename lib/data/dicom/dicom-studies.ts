import { type DicomStudy, searchTermsOf } from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';
import type { LegalHold } from '../../domain/legal-hold.ts';
import type { Assignment } from '../../domain/patients/assignment.ts';
import type { Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { studyKey, studyListKey, unassignedStudyKey } from '../keys.ts';
import { moveStored } from '../stored-amounts.ts';
import { DicomStore } from './dicom-store.ts';
import { changeItem } from './dicom-writes.ts';

/** Attempts to assign a study into which instances are stored at the same time: each changes what is assigned. */
const ASSIGNMENTS = 30;

/** Says whose DICOM studies are, and which must be kept. Apart, so that functions that only read are smaller. */
export class DicomStudies extends DicomStore {
  readonly #table: Table;

  constructor(table: Table) {
    super(table);
    this.#table = table;
  }

  /**
   * Assigns the study and its instances to a patient or to nobody, in one write, with what they occupy.
   *
   * @param study as it was read; if it was assigned or deleted since, nothing changes
   * @returns false if nothing changed
   */
  async assign(study: DicomStudy, patientId: string | null, assignment: Assignment): Promise<boolean> {
    let found: DicomStudy | undefined = study;
    for (let attempt = 1; attempt <= ASSIGNMENTS; attempt++) {
      if (await this.#assign(found, patientId, assignment)) return true;
      found = await this.getStudy(study.studyUid);
      if (found?.patientId !== study.patientId) return false;
    }
    throw new Error(`the instances of the study ${study.studyUid} kept changing`);
  }

  async #assign(study: DicomStudy, patientId: string | null, assignment: Assignment): Promise<boolean> {
    const { studyUid, keptInstances, keptBytes } = study;
    const terms = searchTermsOf(study);
    const listed = studyListKey({ studyUid, patientId }, terms);
    const { gsi1pk, gsi1sk, ...entry } = unassignedStudyKey(studyUid, terms);
    const failed = await transact(this.#table, [
      changeItem(
        studyKey(studyUid),
        { set: { patientId, assignment } },
        `patientId = :before AND attribute_not_exists(deletionId) AND ${KEPT_AS_READ}`,
        { ':before': study.patientId, ':instances': keptInstances, ':bytes': keptBytes },
      ),
      ...moveStored([{ patientId: study.patientId, fileSize: keptBytes, files: keptInstances }], patientId),
      { Put: { Item: { ...listed, studyUid } } },
      patientId === null
        ? { Put: { Item: { ...entry, gsi1pk, gsi1sk, studyUid } } }
        : { Delete: { Key: entry } },
    ]);
    return failed.size === 0;
  }

  /**
   * Puts the study under a legal hold, or changes its reason. What is deleted in it must be restored or erased before: a
   * deletion ends by itself, and then nobody could say whether the hold should have kept what it erased.
   *
   * @throws DomainError CONFLICT if something in the study is deleted
   */
  async hold(studyUid: string, legalHold: LegalHold): Promise<void> {
    // What is deleted is kept, and not counted as an instance of the study.
    const condition = 'attribute_not_exists(deletionId) AND keptInstances = instances';
    const failed = await transact(this.#table, [
      changeItem(studyKey(studyUid), { set: { legalHold } }, condition),
    ]);
    if (failed.size === 0) return;
    throw new DomainError('CONFLICT', 'Something in the study is deleted.', {
      details: ['restore it, or erase it, before a legal hold; `GET /dicom/deleted` lists it'],
    });
  }

  /** Ends the legal hold of the study. */
  async release(studyUid: string): Promise<void> {
    const write = changeItem(studyKey(studyUid), { remove: ['legalHold'] }, 'attribute_exists(pk)');
    await transact(this.#table, [write]);
  }
}

/** A study of before there were these bytes has no number of them. */
const KEPT_AS_READ = 'keptInstances = :instances AND (keptBytes = :bytes OR attribute_not_exists(keptBytes))';
