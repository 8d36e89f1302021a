/** The claims of a person in an ID token. */
export type Claims = Readonly<Record<string, unknown>>;

/** The people of every new user pool, by their user names. */
export const demoUsers: Readonly<Record<string, Claims>> = {
  'patient-1': { name: 'Paula Patient', 'cognito:groups': ['patients'], 'custom:patient_id': 'P-1001' },
  'patient-2': { name: 'Peter Patient', 'cognito:groups': ['patients'], 'custom:patient_id': 'P-1002' },
  staff: { name: 'Sam Staff', 'cognito:groups': ['staff'] },
  doctor: { name: 'Dana Doctor', 'cognito:groups': ['doctors'] },
  admin: { name: 'Alex Admin', 'cognito:groups': ['admins'] },
};
