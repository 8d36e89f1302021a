import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';

/** What an update does to the resource that has the data. */
const CONSEQUENCES: Partial<Record<ResourceImpact, string>> = {
  [ResourceImpact.WILL_REPLACE]: 'is replaced by an empty one',
  [ResourceImpact.MAY_REPLACE]: 'may be replaced by an empty one',
  [ResourceImpact.WILL_DESTROY]: 'is deleted',
  [ResourceImpact.WILL_ORPHAN]: 'is no longer part of the stack',
};

interface Lost {
  logicalId: string;
  type: string | undefined;
  consequence: string;
}

/** The resources of the deployed template whose data the service would not have after an update to the next one. */
export function lostData(deployed: object, next: object): Lost[] {
  const lost: Lost[] = [];
  fullDiff(deployed, next).resources.forEachDifference((logicalId, { changeImpact, resourceType }) => {
    const consequence = CONSEQUENCES[changeImpact];
    if (consequence) lost.push({ logicalId, type: resourceType, consequence });
  });
  return lost;
}
