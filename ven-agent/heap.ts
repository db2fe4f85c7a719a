import v8 from 'node:v8';

/**
 * Must be the first import of the program. A gateway has little memory and the agent makes little garbage: a small young
 * generation and an eagerly collected old one keep it tens of megabytes smaller, at a cost that cannot be measured at
 * one tick a second.
 */
v8.setFlagsFromString('--max-semi-space-size=1');
v8.setFlagsFromString('--optimize-for-size');
