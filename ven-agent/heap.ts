import v8 from 'node:v8';

/**
 * Must be the first import of the program. A gateway has little memory and the agent makes little garbage: a young
 * generation that does not grow, code optimised for size, and no optimising compiler keep it some fifteen megabytes
 * smaller. At one tick a second the cost cannot be measured. (`--max-semi-space-size` would come too late here: the heap
 * is laid out by now.)
 */
v8.setFlagsFromString('--semi-space-growth-factor=1');
v8.setFlagsFromString('--optimize-for-size');
v8.setFlagsFromString('--no-opt');
