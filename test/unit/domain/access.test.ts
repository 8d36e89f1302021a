import { describe, expect, test } from 'vitest';
import {
  maySee,
  requireMayDelete,
  requirePatient,
  requireScope,
  requireVisible,
} from '../../../lib/domain/access/access.ts';
import { type Caller, callerFromClaims } from '../../../lib/domain/access/caller.ts';
import { recordScopes } from '../../../lib/domain/access/scope.ts';
import { DomainError } from '../../../lib/domain/errors.ts';

const patient = { role: 'patient', subject: 'a', patientId: 'P-1001' } as const;
const staff = { role: 'staff', subject: 'b' } as const;
const service = { role: 'service', subject: 'c', keyId: '0190c6a4-7b3e-7000-8000-000000000000' } as const;
const errorOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError)
      return { code: error.code, message: error.message, details: error.details };
  }
};

describe('Access to a resource', () => {
  test('a patient sees only their own; all others see everyone’s', () => {
    expect(maySee(patient, 'P-1001')).toBe(true);
    expect(maySee(patient, 'P-1002')).toBe(false);
    expect(maySee(staff, 'P-1002')).toBe(true);
  });

  test('the patient of a resource gives a service no access: the scopes of its key do', () => {
    expect(maySee({ ...service, scopes: ['*:read', '*:write'] }, 'P-1001')).toBe(false);
    expect(maySee({ ...service, scopes: ['dicom:read'] }, 'P-1001')).toBe(true);
  });

  test('a service has in an operation those scopes only that the operation accepts', () => {
    const caller = { ...service, scopes: ['dicom:read' as const, 'patient:read' as const] };
    const accepted = requireScope(caller, recordScopes('read'));
    expect(accepted).toEqual({ ...service, scopes: ['patient:read'] });
    expect(maySee(accepted, 'P-1001')).toBe(false);
    expect(errorOf(() => requireScope(caller, ['batches:read', 'batches:write']))).toMatchObject({
      code: 'FORBIDDEN',
      details: ['the scopes of the key must have batches:read or batches:write'],
    });
    expect(errorOf(() => requireScope(caller, []))?.code).toBe('FORBIDDEN');
    expect(requireScope(staff, [])).toBe(staff);
  });

  test('a resource of another patient and an unknown one are refused in the same words', () => {
    const theirs = errorOf(() => requireVisible(patient, { patientId: 'P-1002' }, 'image'));
    expect(theirs).toEqual(errorOf(() => requireVisible(patient, undefined, 'image')));
    expect(theirs?.code).toBe('NOT_FOUND');
    expect(errorOf(() => requirePatient(patient, 'P-1002'))?.code).toBe('NOT_FOUND');
  });

  test('doctors and admins may delete, patients and staff may not', () => {
    const may = (caller: Caller) => errorOf(() => requireMayDelete(caller)) === undefined;
    expect([patient, staff].map(may)).toEqual([false, false]);
    expect(
      [
        { ...staff, role: 'doctor' as const },
        { ...staff, role: 'admin' as const },
      ].map(may),
    ).toEqual([true, true]);
  });
});

describe('The caller in a token', () => {
  const claims = { sub: 'u-1', exp: 1 };

  test('has the strongest of their groups', () => {
    expect(callerFromClaims({ ...claims, 'cognito:groups': ['patients', 'doctors', 'staff'] })).toEqual({
      role: 'doctor',
      subject: 'u-1',
    });
    expect(callerFromClaims({ ...claims, groups: ['admins'] })?.role).toBe('admin');
    // The user pool's groups are the clinic's; another claim named `groups` gives nobody more rights.
    const both = { ...claims, 'cognito:groups': ['staff'], groups: ['admins'] };
    expect(callerFromClaims(both)?.role).toBe('staff');
  });

  test('is a patient only with a valid patient number', () => {
    const group = { ...claims, 'cognito:groups': ['patients'] };
    expect(callerFromClaims({ ...group, 'custom:patient_id': 'P-1001' })).toEqual({
      ...patient,
      subject: 'u-1',
    });
    expect(callerFromClaims(group)).toBeUndefined();
    expect(callerFromClaims({ ...group, 'custom:patient_id': '../P-1' })).toBeUndefined();
  });

  test.each([
    [{ ...claims, 'cognito:groups': ['cleaners'] }],
    [claims],
    // A service is identified by the id of its key.
    [{ ...claims, sub: 'key:0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e01', groups: ['admins'] }],
    [{ ...claims, 'cognito:groups': 'doctors' }],
    [null],
  ])('does not exist in %j', (payload) => {
    expect(callerFromClaims(payload)).toBeUndefined();
  });
});
