import type { operations } from '../../generated/schema.d.ts';

type Answer<Id extends keyof operations, Status extends number> = operations[Id] extends {
  responses: Record<Status, { content: { 'application/json': infer Body } }>;
}
  ? Body
  : never;

export type Annotation = Answer<'list-annotations', 200>['annotations'][number];
export type Batch = Answer<'list-batches', 200>['batches'][number];
export type Image = Answer<'list-images', 200>['images'][number];
export type CaseImage = Answer<'list-case-images', 200>['images'][number];
export type Case = Answer<'list-cases', 200>['cases'][number];
export type Category = Image['category'];
export type ExportArchive = NonNullable<Answer<'get-export', 200>['archives']>[number];
export type AuditEvent = Answer<'list-audit-events', 200>['events'][number];
export type ApiKey = Answer<'list-api-keys', 200>['keys'][number];
export type NewApiKey = Answer<'create-api-key', 201>;
export type Scope = ApiKey['scopes'][number];
export type EyeSide = CaseImage['eyeSide'];
export type ExamImage = Answer<'list-exam-images', 200>['images'][number];
export type ListedPatient = Answer<'get-patient', 200>;
export type DeletedItems = Answer<'list-deleted', 200>;
export type DeletedDicom = Answer<'list-deleted-dicom', 200>['deleted'][number];
export type ErasureCertificate = Answer<'get-erasure', 200>;
export type Identity = Answer<'identify-patient', 200>;
export type Found = Answer<'search-all', 200>;
export type Upload = Answer<'list-uploads', 200>['uploads'][number];
export type Status = Answer<'get-status', 200>;
export type Person = Answer<'list-people', 200>['people'][number];
