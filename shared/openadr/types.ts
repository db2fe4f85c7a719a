// Generated from shared/openapi/openadr-3.1.yaml by `npm run generate`; do not edit.

export interface paths {
    "/programs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * list programs
         * @description VENs see programs without targets and those that share a target with what they were granted.
         */
        get: operations["searchAllPrograms"];
        put?: never;
        /**
         * create a program
         * @description The programName must be new.
         */
        post: operations["createProgram"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/programs/{programID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the program. */
                programID: components["parameters"]["programID"];
            };
            cookie?: never;
        };
        /** read a program */
        get: operations["searchProgramByProgramId"];
        /**
         * replace a program
         * @description Replaces what a client may say of the object; id and creation time stay.
         */
        put: operations["updateProgram"];
        post?: never;
        /**
         * delete a program
         * @description Its events, reports and subscriptions go with it.
         */
        delete: operations["deleteProgram"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * list reports
         * @description VENs see their own reports; filters combine.
         */
        get: operations["searchAllReports"];
        put?: never;
        /**
         * send a report
         * @description The event must be one that the sender can see.
         */
        post: operations["createReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/{reportID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the report. */
                reportID: components["parameters"]["reportID"];
            };
            cookie?: never;
        };
        /** read a report */
        get: operations["searchReportsByReportID"];
        /**
         * replace a report
         * @description Replaces what a client may say of the object; id and creation time stay.
         */
        put: operations["updateReport"];
        post?: never;
        /** delete a report */
        delete: operations["deleteReport"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * list events
         * @description By priority (0 first, unset last), then the newest first. VENs see events without targets and those that share a target with what they were granted, as far as they see the program.
         */
        get: operations["searchAllEvents"];
        put?: never;
        /**
         * create an event
         * @description The program must exist; event names may repeat.
         */
        post: operations["createEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{eventID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the event. */
                eventID: components["parameters"]["eventID"];
            };
            cookie?: never;
        };
        /** read an event */
        get: operations["searchEventsByID"];
        /**
         * replace an event
         * @description Replaces what a client may say of the object; id and creation time stay.
         */
        put: operations["updateEvent"];
        post?: never;
        /**
         * delete an event
         * @description Its reports go with it.
         */
        delete: operations["deleteEvent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * list subscriptions
         * @description VENs see their own subscriptions; filters combine.
         */
        get: operations["searchSubscriptions"];
        put?: never;
        /**
         * subscribe to changes
         * @description For the client that asks. A VEN names only a program that it may see. Each callbackUrl is challenged first: it is sent a GET
         *     with a random `echo` in the query and has to answer 200 with that value in the body. What changes is told by POST with a
         *     `notification`, the bearerToken and a signature (Standard Webhooks: `webhook-id`, `webhook-timestamp`,
         *     `webhook-signature`), at least once and in order; the answer's header `webhook-secret` tells the key, only this once.
         */
        post: operations["createSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/{subscriptionID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the subscription. */
                subscriptionID: components["parameters"]["subscriptionID"];
            };
            cookie?: never;
        };
        /** read a subscription */
        get: operations["searchSubscriptionByID"];
        /**
         * replace a subscription
         * @description Replaces what a client may say of the object; id, owner and creation time stay. Answers mask the bearerToken, so that one
         *     that is null or missing keeps the token for the same callbackUrl; an empty text ends it. URLs that are new, and those that
         *     were given up because they failed for too long, are challenged as when a subscription is made.
         */
        put: operations["updateSubscription"];
        post?: never;
        /** unsubscribe */
        delete: operations["deleteSubscription"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * list vens
         * @description A VEN sees the ven of its own clientID.
         */
        get: operations["searchVens"];
        put?: never;
        /**
         * create a ven
         * @description Business logic names the clientID and may grant targets; a VEN makes its own ven, without targets.
         */
        post: operations["createVen"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vens/{venID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        /** read a ven */
        get: operations["searchVenByID"];
        /**
         * replace a ven
         * @description Replaces what a client may say of the object; id and creation time stay.
         */
        put: operations["updateVen"];
        post?: never;
        /**
         * delete a ven
         * @description Its resources go with it.
         */
        delete: operations["deleteVen"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * list resources
         * @description A VEN sees the resources of its own ven.
         */
        get: operations["searchVenResources"];
        put?: never;
        /**
         * create a resource
         * @description The resourceName must be new within the ven.
         */
        post: operations["createResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/resources/{resourceID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the resource. */
                resourceID: components["parameters"]["resourceID"];
            };
            cookie?: never;
        };
        /** read a resource */
        get: operations["searchVenResourceByID"];
        /**
         * replace a resource
         * @description Replaces what a client may say of the object; id and creation time stay.
         */
        put: operations["updateVenResource"];
        post?: never;
        /** delete a resource */
        delete: operations["deleteVenResource"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** where to get an access token */
        get: operations["getAuthServerInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * exchange client credentials for an access token
         * @description The client credentials grant of RFC 6749, 4.4; credentials in the body or by HTTP Basic.
         */
        post: operations["fetchToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list the ways in which changes are announced */
        get: operations["listAllNotifiers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/programs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** topics of all programs */
        get: operations["listAllMqttNotifierTopicsPrograms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/programs/{programID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the program. */
                programID: components["parameters"]["programID"];
            };
            cookie?: never;
        };
        /** topics of one program */
        get: operations["listAllMqttNotifierTopicsProgram"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** topics of all events (business logic only) */
        get: operations["listAllMqttNotifierTopicsEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/programs/{programID}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the program. */
                programID: components["parameters"]["programID"];
            };
            cookie?: never;
        };
        /** topics of a program's events */
        get: operations["listAllMqttNotifierTopicsProgramEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** topics of all reports (business logic only) */
        get: operations["listAllMqttNotifierTopicsReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** topics of all subscriptions (business logic only) */
        get: operations["listAllMqttNotifierTopicsSubscriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/vens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** topics of all vens (business logic only) */
        get: operations["listAllMqttNotifierTopicsVens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/vens/{venID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        /** topics of one ven */
        get: operations["listAllMqttNotifierTopicsVen"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** topics of all resources (business logic only) */
        get: operations["listAllMqttNotifierTopicsResources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/vens/{venID}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        /** topics of the events that a ven may see */
        get: operations["listAllMqttNotifierTopicsVenEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/vens/{venID}/programs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        /** topics of the programs that a ven may see */
        get: operations["listAllMqttNotifierTopicsVenPrograms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifiers/mqtt/topics/vens/{venID}/resources": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        /** topics of a ven's resources */
        get: operations["listAllMqttNotifierTopicsVenResources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A program as answered. */
        program: components["schemas"]["objectMetadata"] & components["schemas"]["programRequest"] & {
            /** @enum {string} */
            objectType: "PROGRAM";
        };
        /** @description A program as sent. */
        programRequest: {
            /**
             * @description Name by which people and programs know it; unique.
             * @example capacity-limits
             */
            programName: string;
            intervalPeriod?: components["schemas"]["intervalPeriod"];
            /** @description Where to read about the program. */
            programDescriptions?: {
                /**
                 * Format: uri
                 * @example https://utility.example/programs/7
                 */
                URL: string;
            }[] | null;
            /** @description Units and the like of the payloads that its events and reports carry. */
            payloadDescriptors?: (components["schemas"]["eventPayloadDescriptor"] | components["schemas"]["reportPayloadDescriptor"])[] | null;
            attributes?: components["schemas"]["attributes"];
            targets?: components["schemas"]["targets"];
        };
        /** @description A report as answered. */
        report: components["schemas"]["objectMetadata"] & components["schemas"]["reportRequest"] & {
            /** @enum {string} */
            objectType: "REPORT";
            clientID: components["schemas"]["clientID"];
        };
        /** @description A report as sent. It answers an event. */
        reportRequest: {
            eventID: components["schemas"]["objectID"];
            clientName: components["schemas"]["clientName"];
            /**
             * @description For people; may repeat.
             * @example battery usage of 4 November
             */
            reportName?: string | null;
            /** @description Units and quality of the payloads inside. */
            payloadDescriptors?: components["schemas"]["reportPayloadDescriptor"][] | null;
            /** @description What is reported, resource by resource. */
            resources: components["schemas"]["reportResource"][];
        };
        /** @description What is reported of one resource. */
        reportResource: {
            resourceName: components["schemas"]["resourceName"];
            intervalPeriod?: components["schemas"]["intervalPeriod"];
            /** @description The values, interval by interval. */
            intervals: components["schemas"]["interval"][];
        };
        /** @description An event as answered; there is always a list of intervals. */
        event: components["schemas"]["objectMetadata"] & components["schemas"]["eventRequest"] & {
            /** @enum {string} */
            objectType: "EVENT";
            intervals: components["schemas"]["interval"][];
        };
        /** @description An event as sent. Its intervalPeriod is the default of its intervals. */
        eventRequest: {
            programID: components["schemas"]["objectID"];
            /**
             * @description For people; may repeat.
             * @example price event of 18 November
             */
            eventName?: string | null;
            duration?: components["schemas"]["duration"];
            /**
             * @description 0 goes before 1; none at all goes last.
             * @example 0
             */
            priority?: number | null;
            targets?: components["schemas"]["targets"];
            /** @description Which reports are wanted. */
            reportDescriptors?: components["schemas"]["reportDescriptor"][] | null;
            /** @description Units and the like of the payloads inside. */
            payloadDescriptors?: components["schemas"]["eventPayloadDescriptor"][] | null;
            intervalPeriod?: components["schemas"]["intervalPeriod"];
            /** @description What is asked for, interval by interval. */
            intervals?: components["schemas"]["interval"][] | null;
        };
        /** @description A subscription as answered; the bearerToken is never shown. */
        subscription: components["schemas"]["objectMetadata"] & components["schemas"]["subscriptionRequest"] & {
            /** @enum {string} */
            objectType: "SUBSCRIPTION";
            clientID: components["schemas"]["clientID"];
        };
        /** @description A wish to be called when objects change. */
        subscriptionRequest: {
            clientName: components["schemas"]["clientName"];
            /**
             * @description Only changes below this program.
             * @example program-999
             */
            programID?: string | null;
            /** @description Which changes, and where to tell them. */
            objectOperations: components["schemas"]["objectOperation"][];
            targets?: components["schemas"]["targets"];
        };
        objectOperation: {
            objects: components["schemas"]["objectTypes"][];
            /** @description As in `notification`; the HTTP methods of earlier versions are understood too. */
            operations: ("READ" | "CREATE" | "UPDATE" | "DELETE" | "GET" | "POST" | "PUT")[];
            /**
             * Format: uri
             * @description HTTPS; without user name and password, and not to a private, local or reserved address.
             * @example https://ven.example/callback
             */
            callbackUrl: string;
            /**
             * @description Sent along with each call; null in every answer.
             * @example 7f3a91c2
             */
            bearerToken?: string | null;
        };
        /** @description A ven as answered. */
        ven: components["schemas"]["objectMetadata"] & {
            /** @enum {string} */
            objectType: "VEN";
            clientID: components["schemas"]["clientID"];
            venName: components["schemas"]["venName"];
            targets?: components["schemas"]["targets"];
            attributes?: components["schemas"]["attributes"];
        };
        /**
         * @description A BlVenRequest or a VenVenRequest in one shape. Whose it is follows from the caller's role; business logic has to name
         *     the clientID, and what a VEN says of clientID and targets is ignored.
         */
        venRequest: {
            /** @enum {string|null} */
            objectType?: "BL_VEN_REQUEST" | "VEN_VEN_REQUEST" | "VEN" | null;
            clientID?: components["schemas"]["optionalClientID"];
            venName: components["schemas"]["venName"];
            targets?: components["schemas"]["targets"];
            attributes?: components["schemas"]["attributes"];
        };
        /** @description A ven as business logic sends it. */
        BlVenRequest: {
            /** @enum {string} */
            objectType: "BL_VEN_REQUEST";
            clientID: components["schemas"]["clientID"];
            targets?: components["schemas"]["targets"];
            venName: components["schemas"]["venName"];
            attributes?: components["schemas"]["attributes"];
        };
        /** @description A ven as a VEN sends it. */
        VenVenRequest: {
            /** @enum {string} */
            objectType: "VEN_VEN_REQUEST";
            venName: components["schemas"]["venName"];
            attributes?: components["schemas"]["attributes"];
        };
        /** @description A resource as answered. */
        resource: components["schemas"]["objectMetadata"] & {
            /** @enum {string} */
            objectType: "RESOURCE";
            clientID: components["schemas"]["clientID"];
            resourceName: components["schemas"]["resourceName"];
            venID: components["schemas"]["objectID"];
            targets?: components["schemas"]["targets"];
            attributes?: components["schemas"]["attributes"];
        };
        /**
         * @description A BlResourceRequest or a VenResourceRequest in one shape. Whose it is follows from the caller's role; what a VEN says
         *     of clientID and targets is ignored.
         */
        resourceRequest: {
            /** @enum {string|null} */
            objectType?: "BL_RESOURCE_REQUEST" | "VEN_RESOURCE_REQUEST" | "RESOURCE" | null;
            clientID?: components["schemas"]["optionalClientID"];
            targets?: components["schemas"]["targets"];
            resourceName: components["schemas"]["resourceName"];
            venID: components["schemas"]["objectID"];
            attributes?: components["schemas"]["attributes"];
        };
        /** @description A resource as business logic sends it. */
        BlResourceRequest: {
            /** @enum {string} */
            objectType: "BL_RESOURCE_REQUEST";
            clientID: components["schemas"]["clientID"];
            targets?: components["schemas"]["targets"];
            resourceName: components["schemas"]["resourceName"];
            venID: components["schemas"]["objectID"];
            attributes?: components["schemas"]["attributes"];
        };
        /** @description A resource as a VEN sends it. */
        VenResourceRequest: {
            /** @enum {string} */
            objectType: "VEN_RESOURCE_REQUEST";
            resourceName: components["schemas"]["resourceName"];
            venID: components["schemas"]["objectID"];
            attributes?: components["schemas"]["attributes"];
        };
        /** @description What the VTN gives to every object. */
        objectMetadata: {
            id: components["schemas"]["objectID"];
            createdDateTime: components["schemas"]["dateTime"];
            modificationDateTime: components["schemas"]["dateTime"];
            objectType: components["schemas"]["objectTypes"];
        };
        /** @description Whom it concerns; nobody in particular when empty or missing. */
        targets: components["schemas"]["target"][] | null;
        /** @description What else there is to say of it. */
        attributes: components["schemas"]["valuesMap"][] | null;
        /** @description Values that hold for a span of time. Its own intervalPeriod overrides the default field by field. */
        interval: {
            /**
             * Format: int32
             * @description Chosen by the sender; says nothing about the order.
             * @example 0
             */
            id: number;
            intervalPeriod?: components["schemas"]["intervalPeriod"];
            payloads: components["schemas"]["valuesMap"][];
        };
        /**
         * @description When, and for how long. A start of 0001-01-01, 0001-01-01T00:00:00 or 0001-01-01T00:00:00Z means now, a duration of
         *     P9999Y means for ever. Never null in answers.
         */
        intervalPeriod: {
            start?: components["schemas"]["startDateTime"];
            duration?: components["schemas"]["duration"];
            randomizeStart?: components["schemas"]["duration"];
        } | null;
        /** @description Values of one payload type, from the OpenADR enumerations or agreed privately. */
        valuesMap: {
            /** @example IMPORT_CAPACITY_LIMIT */
            type: string;
            /**
             * @description Most often one; several divide the interval evenly.
             * @example [
             *       4000
             *     ]
             */
            values: (number | string | boolean | components["schemas"]["point"])[];
        };
        /** @description A point of a curve. */
        point: {
            /**
             * Format: float
             * @example 1
             */
            x: number;
            /**
             * Format: float
             * @example 2
             */
            y: number;
        };
        /** @description How to read the event payloads of one type. */
        eventPayloadDescriptor: {
            /** @enum {string} */
            objectType: "EVENT_PAYLOAD_DESCRIPTOR";
            /** @example PRICE */
            payloadType: string;
            units?: components["schemas"]["units"];
            /**
             * @description ISO 4217 code of prices.
             * @example EUR
             */
            currency?: string | null;
        };
        /** @description How to read the report payloads of one type. */
        reportPayloadDescriptor: {
            /** @enum {string} */
            objectType: "REPORT_PAYLOAD_DESCRIPTOR";
            /** @example USAGE */
            payloadType: string;
            readingType?: components["schemas"]["readingType"];
            units?: components["schemas"]["units"];
            /**
             * Format: float
             * @example 0.5
             */
            accuracy?: number | null;
            /**
             * Format: int32
             * @description In percent.
             * @example 100
             */
            confidence?: number | null;
        };
        /** @description A report that is wanted from VENs. */
        reportDescriptor: {
            /** @example USAGE */
            payloadType: string;
            readingType?: components["schemas"]["readingType"];
            units?: components["schemas"]["units"];
            targets?: components["schemas"]["targets"];
            /**
             * @description One sum over all targeted resources, instead of each by itself.
             * @default false
             */
            aggregate?: boolean | null;
            /**
             * Format: int32
             * @description The interval at whose end to report; -1 is the last.
             * @default -1
             * @example -1
             */
            startInterval?: number | null;
            /**
             * Format: int32
             * @description How many intervals to cover; -1 is all.
             * @default -1
             * @example -1
             */
            numIntervals?: number | null;
            /**
             * @description What was, instead of what is expected.
             * @default true
             */
            historical?: boolean | null;
            /**
             * Format: int32
             * @description Intervals from one report to the next; -1 is as many as numIntervals.
             * @default -1
             * @example -1
             */
            frequency?: number | null;
            /**
             * Format: int32
             * @description How many reports; -1 is without end.
             * @default 1
             * @example 1
             */
            repeat?: number | null;
            /**
             * @description Whether the report's intervals are those of the event, parts of them, or the VEN's own choice.
             * @default INTERVALS
             * @enum {string|null}
             */
            reportIntervals?: "INTERVALS" | "SUB_INTERVALS" | "OPEN_INTERVALS" | null;
        };
        /**
         * @description Id that the VTN gave to an object; safe in URLs.
         * @example object-999
         */
        objectID: string;
        /**
         * @description The OAuth2 client behind a bearer token.
         * @example ven-client-99
         */
        clientID: string;
        /**
         * @description The OAuth2 client of the ven; business logic names it, a VEN has its own.
         * @example ven-client-99
         */
        optionalClientID: string | null;
        /**
         * @description Name of a ven; unique in the VTN.
         * @example gateway-berlin-1
         */
        venName: string;
        /**
         * @description What a client calls itself.
         * @example gateway-berlin-1
         */
        clientName: string;
        /**
         * @description A name that senders and receivers agreed on: a group, an area, a resource.
         * @example DE_50HZ_WU_1
         */
        target: string;
        /**
         * @description Name of a resource; AGGREGATED_REPORT in a report that sums up several.
         * @example battery-1
         */
        resourceName: string;
        /**
         * @description Unit of the values.
         * @example KW
         */
        units: string | null;
        /**
         * @description How the values came about.
         * @example DIRECT_READ
         */
        readingType: string | null;
        /**
         * @example EVENT
         * @enum {string}
         */
        objectTypes: "PROGRAM" | "EVENT" | "REPORT" | "SUBSCRIPTION" | "VEN" | "RESOURCE";
        /**
         * Format: date-time
         * @description RFC 3339.
         * @example 2026-06-15T09:30:00Z
         */
        dateTime: string;
        /**
         * Format: date-time
         * @description RFC 3339, or one of the forms that mean now.
         * @example 2026-06-15T09:30:00Z
         */
        startDateTime: string | null;
        /**
         * @description ISO 8601; a missing one is PT0S. Never null in answers.
         * @example PT15M
         */
        duration: string | null;
        /** @description What webhooks and MQTT topics carry. */
        notification: {
            objectType: components["schemas"]["objectTypes"];
            /**
             * @example UPDATE
             * @enum {string}
             */
            operation: "CREATE" | "READ" | "UPDATE" | "DELETE";
            /** @description The object after the operation, or as it was before its deletion. */
            object: components["schemas"]["program"] | components["schemas"]["report"] | components["schemas"]["event"] | components["schemas"]["subscription"] | components["schemas"]["ven"] | components["schemas"]["resource"];
            targets?: components["schemas"]["targets"];
        };
        /** @description The ways in which changes are announced. */
        notifiersResponse: {
            /**
             * @description Always true.
             * @example true
             */
            WEBHOOK: boolean;
            MQTT?: components["schemas"]["mqttNotifierBindingObject"];
        };
        /** @description How to reach the MQTT broker. */
        mqttNotifierBindingObject: {
            URIS: string[];
            /** @enum {string} */
            serialization: "JSON";
            /** @description How clients of the broker show who they are. */
            authentication: components["schemas"]["mqttNotifierAuthenticationAnonymous"] | components["schemas"]["mqttNotifierAuthenticationOauth2BearerToken"] | components["schemas"]["mqttNotifierAuthenticationCertificate"];
        };
        mqttNotifierAuthenticationAnonymous: {
            /** @enum {string} */
            method: "ANONYMOUS";
        };
        /** @description The access token is the password. */
        mqttNotifierAuthenticationOauth2BearerToken: {
            /** @enum {string} */
            method: "OAUTH2_BEARER_TOKEN";
            /** @description What to send as user name; `{clientID}` stands for the client's own id. */
            username: string;
        };
        /** @description Mutual TLS; all three are PEM texts. */
        mqttNotifierAuthenticationCertificate: {
            /** @enum {string} */
            method: "CERTIFICATE";
            caCert: string;
            clientCert: string;
            clientKey: string;
        };
        notifierOperationsTopics: {
            /**
             * @description Missing for a single object, which exists already.
             * @example openadr3/3.1/programs/create
             */
            CREATE?: string;
            /** @example openadr3/3.1/programs/update */
            UPDATE: string;
            /** @example openadr3/3.1/programs/delete */
            DELETE: string;
            /**
             * @description All of them by one wildcard.
             * @example openadr3/3.1/programs/+
             */
            ALL?: string;
        };
        notifierTopicsResponse: {
            topics: components["schemas"]["notifierOperationsTopics"];
        };
        /** @description RFC 6749, 4.4.2. client_id and client_secret are here or in an HTTP Basic header. */
        clientCredentialRequest: {
            /** @enum {string} */
            grant_type: "client_credentials";
            /** @example ven-client-99 */
            client_id?: string;
            /** @example correct-horse */
            client_secret?: string;
            /**
             * @description Ignored; a client gets the scopes of its role.
             * @example read_all
             */
            scope?: string;
        };
        /** @description RFC 6749, 5.1. */
        clientCredentialResponse: {
            /** @example eyJhbGciOiJFUzI1NiJ9.e30.c2ln */
            access_token: string;
            /** @enum {string} */
            token_type: "Bearer";
            /**
             * @description Life time in seconds.
             * @example 3600
             */
            expires_in?: number;
            /** @description Not issued here. */
            refresh_token?: string;
            /** @example read_targets read_ven_objects */
            scope?: string;
        };
        /** @description RFC 6749, 5.2. */
        authError: {
            /** @enum {string} */
            error: "invalid_request" | "invalid_client" | "invalid_grant" | "invalid_scope" | "unauthorized_client" | "unsupported_grant_type";
            /** @example client_id is missing */
            error_description?: string;
            /** Format: uri */
            error_uri?: string;
        };
        authServerInfo: {
            /**
             * Format: uri
             * @description Absolute URL of the token endpoint.
             */
            tokenURL: string;
        };
        /** @description An error, as in RFC 9457. */
        problem: {
            /**
             * Format: uri
             * @description What kind of problem it is.
             * @default about:blank
             */
            type?: string;
            /**
             * @description The kind of problem in words, the same every time.
             * @example Bad Request
             */
            title?: string;
            /**
             * Format: int32
             * @description The HTTP status code.
             * @example 400
             */
            status?: number;
            /**
             * @description What went wrong this time.
             * @example body.priority: must be >= 0
             */
            detail?: string;
            /**
             * Format: uri
             * @description Names this occurrence; the log knows it.
             * @example urn:uuid:7f3a91c2-0000-4000-8000-000000000000
             */
            instance?: string;
            /** @description The fields that are wrong, when it is fields. */
            errors?: components["schemas"]["problemField"][];
        };
        problemField: {
            /** @example body.intervals[0].payloads */
            path: string;
            /** @example must be array */
            message: string;
            /** @example type_error */
            type?: string;
        };
    };
    responses: {
        /** @description The request is not as this document describes it; the problem names the fields. */
        badRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description The access token is missing, malformed, expired or revoked. */
        unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description This client may not do that. */
        forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description There is no such object, or this client may not see it. */
        notFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description Another object already has this name. */
        conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description The object changed since the entity tag of If-Match was read. */
        preconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description The request accepts no JSON. */
        notAcceptable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description The body is larger than this server reads. */
        contentTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description The body is not of the media type that this document names, or is compressed. */
        unsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description Something failed here; the problem carries an id for the log. */
        internalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description This operation is not offered here. */
        notImplemented: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description Any other error, for instance 501, 503 or 507. */
        otherProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
        /** @description Unchanged since the entity tag of If-None-Match. */
        notModified: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The token request failed, in the words of RFC 6749, 5.2. */
        tokenError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["authError"];
            };
        };
        /** @description Too many token requests of this client, or failed ones from its address; `Retry-After` says when to come back. */
        tooManyTokenRequests: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["authError"];
            };
        };
        /** @description Topic names by operation. */
        notifiersTopicsResponse: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["notifierTopicsResponse"];
            };
        };
    };
    parameters: {
        /** @description Id of the program. */
        programID: components["schemas"]["objectID"];
        /** @description Id of the report. */
        reportID: components["schemas"]["objectID"];
        /** @description Id of the event. */
        eventID: components["schemas"]["objectID"];
        /** @description Id of the subscription. */
        subscriptionID: components["schemas"]["objectID"];
        /** @description Id of the ven. */
        venID: components["schemas"]["objectID"];
        /** @description Id of the resource. */
        resourceID: components["schemas"]["objectID"];
        /** @description Only what belongs to this program. */
        queryProgramID: components["schemas"]["objectID"];
        /** @description Only what belongs to this event. */
        queryEventID: components["schemas"]["objectID"];
        /** @description Only what belongs to this ven. */
        queryVenID: components["schemas"]["objectID"];
        /** @description Only what carries this clientName. */
        queryClientName: components["schemas"]["clientName"];
        /** @description Only the ven of this name. */
        queryVenName: components["schemas"]["venName"];
        /** @description Only resources of this name. */
        queryResourceName: components["schemas"]["resourceName"];
        /** @description Only subscriptions to one of these object types; the parameter repeats. */
        queryObjects: components["schemas"]["objectTypes"][];
        /** @description Only what carries one of these targets; the parameter repeats. A VEN gets those of them that it holds. */
        targets: components["schemas"]["target"][];
        /** @description How many objects of the list the reader has already; 0 when missing. */
        skip: number;
        /** @description How many objects to answer with at most; 50 when missing. */
        limit: number;
        /** @description When true, only events that are not over yet. */
        active: boolean;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    searchAllPrograms: {
        parameters: {
            query?: {
                /** @description Only what carries one of these targets; the parameter repeats. A VEN gets those of them that it holds. */
                targets?: components["parameters"]["targets"];
                /** @description How many objects of the list the reader has already; 0 when missing. */
                skip?: components["parameters"]["skip"];
                /** @description How many objects to answer with at most; 50 when missing. */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of the list; empty when nothing matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["program"][];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    createProgram: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["programRequest"];
            };
        };
        responses: {
            /** @description Stored; with the id and times that were given to it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["program"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchProgramByProgramId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the program. */
                programID: components["parameters"]["programID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["program"];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    updateProgram: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the program. */
                programID: components["parameters"]["programID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["programRequest"];
            };
        };
        responses: {
            /** @description The object as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["program"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    deleteProgram: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the program. */
                programID: components["parameters"]["programID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object that is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["program"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            412: components["responses"]["preconditionFailed"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchAllReports: {
        parameters: {
            query?: {
                /** @description Only what belongs to this program. */
                programID?: components["parameters"]["queryProgramID"];
                /** @description Only what belongs to this event. */
                eventID?: components["parameters"]["queryEventID"];
                /** @description Only what carries this clientName. */
                clientName?: components["parameters"]["queryClientName"];
                /** @description How many objects of the list the reader has already; 0 when missing. */
                skip?: components["parameters"]["skip"];
                /** @description How many objects to answer with at most; 50 when missing. */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of the list; empty when nothing matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["report"][];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    createReport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["reportRequest"];
            };
        };
        responses: {
            /** @description Stored; with the id and times that were given to it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["report"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchReportsByReportID: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the report. */
                reportID: components["parameters"]["reportID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["report"];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    updateReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the report. */
                reportID: components["parameters"]["reportID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["reportRequest"];
            };
        };
        responses: {
            /** @description The object as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["report"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    deleteReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the report. */
                reportID: components["parameters"]["reportID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object that is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["report"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            412: components["responses"]["preconditionFailed"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchAllEvents: {
        parameters: {
            query?: {
                /** @description Only what belongs to this program. */
                programID?: components["parameters"]["queryProgramID"];
                /** @description Only what carries one of these targets; the parameter repeats. A VEN gets those of them that it holds. */
                targets?: components["parameters"]["targets"];
                /** @description How many objects of the list the reader has already; 0 when missing. */
                skip?: components["parameters"]["skip"];
                /** @description How many objects to answer with at most; 50 when missing. */
                limit?: components["parameters"]["limit"];
                /** @description When true, only events that are not over yet. */
                active?: components["parameters"]["active"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of the list; empty when nothing matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["event"][];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    createEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["eventRequest"];
            };
        };
        responses: {
            /** @description Stored; with the id and times that were given to it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["event"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchEventsByID: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the event. */
                eventID: components["parameters"]["eventID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["event"];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    updateEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the event. */
                eventID: components["parameters"]["eventID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["eventRequest"];
            };
        };
        responses: {
            /** @description The object as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["event"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    deleteEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the event. */
                eventID: components["parameters"]["eventID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object that is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["event"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            412: components["responses"]["preconditionFailed"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchSubscriptions: {
        parameters: {
            query?: {
                /** @description Only what belongs to this program. */
                programID?: components["parameters"]["queryProgramID"];
                /** @description Only what carries this clientName. */
                clientName?: components["parameters"]["queryClientName"];
                /** @description Only subscriptions to one of these object types; the parameter repeats. */
                objects?: components["parameters"]["queryObjects"];
                /** @description How many objects of the list the reader has already; 0 when missing. */
                skip?: components["parameters"]["skip"];
                /** @description How many objects to answer with at most; 50 when missing. */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of the list; empty when nothing matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["subscription"][];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    createSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["subscriptionRequest"];
            };
        };
        responses: {
            /** @description Stored; with the id and times that were given to it. */
            201: {
                headers: {
                    /** @description The key of the signatures, base64 after `whsec_`. */
                    "webhook-secret"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["subscription"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchSubscriptionByID: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the subscription. */
                subscriptionID: components["parameters"]["subscriptionID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["subscription"];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    updateSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the subscription. */
                subscriptionID: components["parameters"]["subscriptionID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["subscriptionRequest"];
            };
        };
        responses: {
            /** @description The object as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["subscription"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    deleteSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the subscription. */
                subscriptionID: components["parameters"]["subscriptionID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object that is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["subscription"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            412: components["responses"]["preconditionFailed"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchVens: {
        parameters: {
            query?: {
                /** @description Only the ven of this name. */
                venName?: components["parameters"]["queryVenName"];
                /** @description Only what carries one of these targets; the parameter repeats. A VEN gets those of them that it holds. */
                targets?: components["parameters"]["targets"];
                /** @description How many objects of the list the reader has already; 0 when missing. */
                skip?: components["parameters"]["skip"];
                /** @description How many objects to answer with at most; 50 when missing. */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of the list; empty when nothing matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ven"][];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    createVen: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["venRequest"];
            };
        };
        responses: {
            /** @description Stored; with the id and times that were given to it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ven"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchVenByID: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ven"];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    updateVen: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["venRequest"];
            };
        };
        responses: {
            /** @description The object as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ven"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    deleteVen: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object that is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ven"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            412: components["responses"]["preconditionFailed"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchVenResources: {
        parameters: {
            query?: {
                /** @description Only resources of this name. */
                resourceName?: components["parameters"]["queryResourceName"];
                /** @description Only what belongs to this ven. */
                venID?: components["parameters"]["queryVenID"];
                /** @description Only what carries one of these targets; the parameter repeats. A VEN gets those of them that it holds. */
                targets?: components["parameters"]["targets"];
                /** @description How many objects of the list the reader has already; 0 when missing. */
                skip?: components["parameters"]["skip"];
                /** @description How many objects to answer with at most; 50 when missing. */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of the list; empty when nothing matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["resource"][];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    createResource: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["resourceRequest"];
            };
        };
        responses: {
            /** @description Stored; with the id and times that were given to it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["resource"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchVenResourceByID: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the resource. */
                resourceID: components["parameters"]["resourceID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["resource"];
                };
            };
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    updateVenResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the resource. */
                resourceID: components["parameters"]["resourceID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["resourceRequest"];
            };
        };
        responses: {
            /** @description The object as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["resource"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
            413: components["responses"]["contentTooLarge"];
            415: components["responses"]["unsupportedMediaType"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    deleteVenResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the resource. */
                resourceID: components["parameters"]["resourceID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object that is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["resource"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            412: components["responses"]["preconditionFailed"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    getAuthServerInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token endpoint, here or at an external issuer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["authServerInfo"];
                };
            };
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    fetchToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["clientCredentialRequest"];
            };
        };
        responses: {
            /** @description A bearer token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["clientCredentialResponse"];
                };
            };
            400: components["responses"]["tokenError"];
            401: components["responses"]["tokenError"];
            406: components["responses"]["tokenError"];
            413: components["responses"]["tokenError"];
            415: components["responses"]["tokenError"];
            429: components["responses"]["tooManyTokenRequests"];
            500: components["responses"]["tokenError"];
            501: components["responses"]["notImplemented"];
            default: components["responses"]["tokenError"];
        };
    };
    listAllNotifiers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Webhooks always; MQTT with its brokers when it is on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["notifiersResponse"];
                };
            };
            304: components["responses"]["notModified"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsPrograms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsProgram: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the program. */
                programID: components["parameters"]["programID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsProgramEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the program. */
                programID: components["parameters"]["programID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsReports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsSubscriptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsVens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsVen: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsResources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsVenEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsVenPrograms: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    listAllMqttNotifierTopicsVenResources: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["notifiersTopicsResponse"];
            304: components["responses"]["notModified"];
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["notFound"];
            406: components["responses"]["notAcceptable"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
}
