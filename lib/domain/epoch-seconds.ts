/** Whole seconds since 1970, as DynamoDB's time to live wants them (developer guide, "Time to Live"). */
export const epochSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);
