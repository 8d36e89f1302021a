import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Settings } from './settings.ts';

/**
 * What CloudFormation does with a resource that holds data when its stack is deleted. Only what a first deployment created
 * and could not finish is deleted again, so that a second attempt finds no remains.
 */
export const removalPolicy = ({ keepData }: Pick<Settings, 'keepData'>): RemovalPolicy =>
  keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
