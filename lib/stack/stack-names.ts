/** The names of a stage's stacks, in CloudFormation too. */
export const stackNames = (stage: string) => ({
  data: `Negatoscope-${stage}-Data`,
  service: `Negatoscope-${stage}`,
  monitoring: `Negatoscope-${stage}-Monitoring`,
});
