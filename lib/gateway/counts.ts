/** What the gateway has done since its start. */
export class Counts {
  readonly startedAt = new Date();
  received = 0;
  receivedBytes = 0;
  /** Instances that were not taken: their senders know. */
  notTaken = 0;
  associations = 0;
  openAssociations = 0;
  /** Connections that were no association: rejected, aborted, junk. */
  failedAssociations = 0;
  stored = 0;
  refused = 0;
  /** Attempts to send that failed and are repeated. */
  failures = 0;
  lastStored: Date | undefined;
  lastFailure: { at: Date; reason: string } | undefined;

  failed(reason: string, at: Date): void {
    this.failures++;
    this.lastFailure = { at, reason };
  }
}
