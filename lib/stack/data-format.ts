import { CfnParameter, CfnRule, Fn, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DATA_FORMAT } from '../domain/data-format.ts';

/**
 * Refuses a deployment over data of another format, before CloudFormation changes anything.
 *
 * The parameter tells the format of the data that the stack has. Its default counts when the stack is created; after
 * that, `cdk deploy` passes the previous value again. CDK checks the version of its bootstrap stack in the same way.
 */
export function requireDataFormat(scope: Construct, format = DATA_FORMAT): void {
  const stored = new CfnParameter(scope, 'DataFormat', {
    type: 'Number',
    default: format,
    description: 'The format of the stored data. Only a migration changes it.',
  });
  new CfnRule(scope, 'RequireDataFormat', {
    assertions: [
      {
        assert: Fn.conditionEquals(stored, String(format)),
        assertDescription: `This version reads and writes data format ${format}, and the stack has data of another format: deploy the version that wrote them, or migrate the data and deploy with --parameters ${Stack.of(scope).stackName}:DataFormat=${format}.`,
      },
    ],
  });
}
