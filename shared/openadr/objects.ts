import type { components } from './types.ts';

type Schemas = components['schemas'];

export type Program = Schemas['program'];
export type Event = Schemas['event'];
export type Report = Schemas['report'];
export type Ven = Schemas['ven'];
export type Resource = Schemas['resource'];
/**
 * A subscription as the VTN keeps and shows it: the bearer tokens of its callbacks are masked. That the type says so keeps a
 * token out of answers, notifications and entity tags.
 */
export type Subscription = Omit<Schemas['subscription'], 'objectOperations'> & { objectOperations: ObjectOperation[] };
export type ObjectOperation = Schemas['objectOperation'] & { bearerToken: null };
export type Interval = Schemas['interval'];
/** Requests may also say null, which means the same as saying nothing. */
export type IntervalPeriod = NonNullable<Schemas['intervalPeriod']>;
export type ValuesMap = Schemas['valuesMap'];
export type ObjectType = Schemas['objectTypes'];
export type Notification = Schemas['notification'];

/** What a client may do to an object, and what a notification says was done (3.1 `notification.operation`, without READ). */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** The six addressable objects, told apart by `objectType`. */
export type OpenAdrObject = Program | Event | Report | Ven | Resource | Subscription;

/** Those that the VTN keeps: all of them. */
export type StoredObject = OpenAdrObject;
