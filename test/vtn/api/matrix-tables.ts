import type { Party } from './matrix-world.ts';

/**
 * What each party is answered. `{name}` is an object of matrix-world.ts, `field=name` what a new object refers to.
 *
 * Those who have no business here are the same in every row, and are asked in every row too: a customer, and business logic
 * whose token lacks just the scope that the operation asks for, are 403; no token and an expired one are 401. `- ` marks the
 * operations that need no token.
 */
export const TABLE_3_1 = `
                                                    bl  owner other venless utility
  GET    /programs                                  200 200   200   200     200
  POST   /programs                                  201 403   403   403     403
  GET    /programs/{open}                           200 200   200   200     200
  GET    /programs/{granted}                        200 200   404   404     404
  GET    /programs/{secret}                         200 404   404   404     404
  PUT    /programs/{open}                           200 403   403   403     403
  PUT    /programs/{granted}                        200 403   403   403     403
  PUT    /programs/{secret}                         200 403   403   403     403
  DELETE /programs/{open}                           200 403   403   403     403
  DELETE /programs/{granted}                        200 403   403   403     403
  DELETE /programs/{secret}                         200 403   403   403     403

  GET    /events                                    200 200   200   200     200
  POST   /events programID=open                     201 403   403   403     403
  POST   /events programID=secret                   201 403   403   403     403
  GET    /events/{open}                             200 200   200   200     200
  GET    /events/{granted}                          200 200   404   404     404
  GET    /events/{resource}                         200 200   404   404     404
  GET    /events/{id}                               200 200   404   404     404
  GET    /events/{inside}                           200 200   404   404     404
  GET    /events/{secret}                           200 404   404   404     404
  GET    /events/{below}                            200 404   404   404     404
  GET    /events/{both}                             200 404   404   404     404
  PUT    /events/{open}                             200 403   403   403     403
  PUT    /events/{granted}                          200 403   403   403     403
  PUT    /events/{secret}                           200 403   403   403     403
  DELETE /events/{open}                             200 403   403   403     403
  DELETE /events/{granted}                          200 403   403   403     403
  DELETE /events/{secret}                           200 403   403   403     403

  GET    /reports                                   200 200   200   200     403
  POST   /reports eventID=open                      201 201   201   201     403
  POST   /reports eventID=granted                   201 201   400   400     403
  POST   /reports eventID=secret                    201 400   400   400     403
  POST   /reports eventID=below                     201 400   400   400     403
  GET    /reports/{owners}                          200 200   404   404     403
  GET    /reports/{others}                          200 404   200   404     403
  PUT    /reports/{owners}                          200 200   404   404     403
  PUT    /reports/{others}                          200 404   200   404     403
  DELETE /reports/{owners}                          200 200   404   404     403
  DELETE /reports/{others}                          200 404   200   404     403

  GET    /subscriptions                             200 200   200   200     403
  POST   /subscriptions                             201 201   201   201     403
  POST   /subscriptions programID=open              201 201   201   201     403
  POST   /subscriptions programID=granted           201 201   400   400     403
  POST   /subscriptions programID=secret            201 400   400   400     403
  GET    /subscriptions/{owners}                    200 200   404   404     403
  GET    /subscriptions/{others}                    200 404   200   404     403
  PUT    /subscriptions/{owners}                    200 200   404   404     403
  PUT    /subscriptions/{others}                    200 404   200   404     403
  DELETE /subscriptions/{owners}                    200 200   404   404     403
  DELETE /subscriptions/{others}                    200 404   200   404     403

  GET    /vens                                      200 200   200   200     403
  POST   /vens                                      201 409   409   201     403
  GET    /vens/{owners}                             200 200   404   404     403
  GET    /vens/{others}                             200 404   200   404     403
  PUT    /vens/{owners}                             200 200   404   404     403
  PUT    /vens/{others}                             200 404   200   404     403
  DELETE /vens/{owners}                             200 200   404   404     403
  DELETE /vens/{others}                             200 404   200   404     403

  GET    /resources                                 200 200   200   200     403
  POST   /resources venID=owners                    201 201   404   404     403
  POST   /resources venID=others                    201 404   201   404     403
  GET    /resources/{owners}                        200 200   404   404     403
  GET    /resources/{others}                        200 404   200   404     403
  PUT    /resources/{owners}                        200 200   404   404     403
  PUT    /resources/{others}                        200 404   200   404     403
  DELETE /resources/{owners}                        200 200   404   404     403
  DELETE /resources/{others}                        200 404   200   404     403

- GET    /auth/server                               200 200   200   200     200
- POST   /auth/token                                401 401   401   401     401
  GET    /notifiers                                 200 200   200   200     200
  GET    /notifiers/mqtt/topics/programs            200 200   200   200     200
  GET    /notifiers/mqtt/topics/programs/{open}     200 200   200   200     200
  GET    /notifiers/mqtt/topics/programs/{granted}  200 200   404   404     404
  GET    /notifiers/mqtt/topics/programs/{secret}   200 404   404   404     404
  GET    /notifiers/mqtt/topics/programs/{open}/events    200 200 200 200   200
  GET    /notifiers/mqtt/topics/programs/{granted}/events 200 200 404 404   404
  GET    /notifiers/mqtt/topics/programs/{secret}/events  200 404 404 404   404
  GET    /notifiers/mqtt/topics/events              200 403   403   403     403
  GET    /notifiers/mqtt/topics/reports             200 403   403   403     403
  GET    /notifiers/mqtt/topics/subscriptions       200 403   403   403     403
  GET    /notifiers/mqtt/topics/vens                200 403   403   403     403
  GET    /notifiers/mqtt/topics/resources           200 403   403   403     403
  GET    /notifiers/mqtt/topics/vens/{owners}       200 200   404   404     403
  GET    /notifiers/mqtt/topics/vens/{others}       200 404   200   404     403
  GET    /notifiers/mqtt/topics/vens/{owners}/events      200 200 404 404   403
  GET    /notifiers/mqtt/topics/vens/{others}/events      200 404 200 404   403
  GET    /notifiers/mqtt/topics/vens/{owners}/programs    200 200 404 404   403
  GET    /notifiers/mqtt/topics/vens/{others}/programs    200 404 200 404   403
  GET    /notifiers/mqtt/topics/vens/{owners}/resources   200 200 404 404   403
  GET    /notifiers/mqtt/topics/vens/{others}/resources   200 404 200 404   403
`;

/** The same for OpenADR 3.0.1, where resources are below their vens and a subscription has a program. */
export const TABLE_3_0 = `
                                                    bl  owner other venless utility
  GET    /programs                                  200 200   200   200     200
  POST   /programs                                  201 403   403   403     403
  GET    /programs/{open}                           200 200   200   200     200
  GET    /programs/{granted}                        200 200   404   404     404
  GET    /programs/{secret}                         200 404   404   404     404
  PUT    /programs/{open}                           200 403   403   403     403
  PUT    /programs/{secret}                         200 403   403   403     403
  DELETE /programs/{open}                           200 403   403   403     403
  DELETE /programs/{secret}                         200 403   403   403     403

  GET    /events                                    200 200   200   200     200
  POST   /events programID=open                     201 403   403   403     403
  POST   /events programID=secret                   201 403   403   403     403
  GET    /events/{open}                             200 200   200   200     200
  GET    /events/{granted}                          200 200   404   404     404
  GET    /events/{resource}                         200 200   404   404     404
  GET    /events/{id}                               200 200   404   404     404
  GET    /events/{inside}                           200 200   404   404     404
  GET    /events/{secret}                           200 404   404   404     404
  GET    /events/{below}                            200 404   404   404     404
  GET    /events/{both}                             200 404   404   404     404
  PUT    /events/{open}                             200 403   403   403     403
  PUT    /events/{secret}                           200 403   403   403     403
  DELETE /events/{open}                             200 403   403   403     403
  DELETE /events/{secret}                           200 403   403   403     403

  GET    /reports                                   200 200   200   200     403
  POST   /reports eventID=open                      201 201   201   201     403
  POST   /reports eventID=granted                   201 201   400   400     403
  POST   /reports eventID=secret                    201 400   400   400     403
  POST   /reports eventID=below                     201 400   400   400     403
  GET    /reports/{owners}                          200 200   404   404     403
  GET    /reports/{others}                          200 404   200   404     403
  PUT    /reports/{owners}                          200 200   404   404     403
  PUT    /reports/{others}                          200 404   200   404     403
  DELETE /reports/{owners}                          200 200   404   404     403
  DELETE /reports/{others}                          200 404   200   404     403

  GET    /subscriptions                             200 200   200   200     403
  POST   /subscriptions programID=open              201 201   201   201     403
  POST   /subscriptions programID=granted           201 201   400   400     403
  POST   /subscriptions programID=secret            201 400   400   400     403
  GET    /subscriptions/{owners}                    200 200   404   404     403
  GET    /subscriptions/{others}                    200 404   200   404     403
  PUT    /subscriptions/{owners}                    200 200   404   404     403
  PUT    /subscriptions/{others}                    200 404   200   404     403
  DELETE /subscriptions/{owners}                    200 200   404   404     403
  DELETE /subscriptions/{others}                    200 404   200   404     403

  GET    /vens                                      200 200   200   200     403
  POST   /vens                                      201 409   409   201     403
  GET    /vens/{owners}                             200 200   404   404     403
  GET    /vens/{others}                             200 404   200   404     403
  PUT    /vens/{owners}                             200 200   404   404     403
  PUT    /vens/{others}                             200 404   200   404     403
  DELETE /vens/{owners}                             200 200   404   404     403
  DELETE /vens/{others}                             200 404   200   404     403

  GET    /vens/{owners}/resources                   200 200   404   404     403
  GET    /vens/{others}/resources                   200 404   200   404     403
  POST   /vens/{owners}/resources                   201 201   404   404     403
  POST   /vens/{others}/resources                   201 404   201   404     403
  GET    /vens/{owners}/resources/{owners}          200 200   404   404     403
  GET    /vens/{owners}/resources/{others}          404 404   404   404     403
  GET    /vens/{others}/resources/{others}          200 404   200   404     403
  PUT    /vens/{owners}/resources/{owners}          200 200   404   404     403
  PUT    /vens/{others}/resources/{others}          200 404   200   404     403
  DELETE /vens/{owners}/resources/{owners}          200 200   404   404     403
  DELETE /vens/{others}/resources/{others}          200 404   200   404     403

- GET    /auth/server                               200 200   200   200     200
- POST   /auth/token                                401 401   401   401     401
`;

/** What each party finds in a list, by the names of matrix-world.ts. */
export const LISTS: Record<string, Record<Party, string>> = {
  programs: { bl: 'open granted secret', owner: 'open granted', other: 'open', venless: 'open', utility: 'open' },
  events: {
    bl: 'open granted resource id inside secret below both',
    owner: 'open granted resource id inside',
    other: 'open',
    venless: 'open',
    utility: 'open',
  },
  reports: { bl: 'owners others', owner: 'owners', other: 'others', venless: '', utility: '-' },
  subscriptions: { bl: 'owners others', owner: 'owners', other: 'others', venless: '', utility: '-' },
  vens: { bl: 'owners others', owner: 'owners', other: 'others', venless: '', utility: '-' },
  resources: { bl: 'owners others', owner: 'owners', other: 'others', venless: '', utility: '-' },
};
