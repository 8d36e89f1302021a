import * as z from 'zod';
import { Role } from '../access/caller.ts';
import type { PersonRole } from '../access/roles.ts';
import { Text } from '../identifiers.ts';

/** The name by which the audit log and the page call a person. */
export const PersonName = Text.trim()
  .min(1)
  .max(100)
  .meta({ examples: ['Dana Doctor'] });

/** Where the invitation is sent, and by which the person signs in. */
export const PersonEmail = z
  .email()
  .max(254)
  .meta({ examples: ['dana@clinic.example'] });

/** A role that an admin may give. */
export const GivenRole = Role.exclude(['service']).meta({ examples: ['doctor'] });

/** A person of the user pool. */
export interface Person {
  /** The `sub` of the person's tokens. */
  subject: string;
  /** By which the user pool names the person; it never changes. */
  username: string;
  name?: string | undefined;
  email?: string | undefined;
  /** The number of a patient. */
  patientId?: string | undefined;
  /** None: the person may sign in, and opens nothing. */
  role: PersonRole | undefined;
  isEnabled: boolean;
  /** Whether the person has not signed in yet. */
  isInvited: boolean;
  createdAt: string;
  changedAt: string;
}

/** A person to add. */
export type NewPerson = Pick<Person, 'username' | 'patientId'> & {
  name: string;
  email: string;
  role: PersonRole;
};
