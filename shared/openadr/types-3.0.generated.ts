// Generated from shared/openapi/openadr-3.0.1.yaml by `npm run generate`; do not edit.

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
         * @description Replaces what 3.0.1 can say of the object; id, creation time and what only 3.1 can say stay.
         */
        put: operations["updateProgram"];
        post?: never;
        /** delete a program */
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
         * @description VENs see their own.
         */
        get: operations["searchAllReports"];
        put?: never;
        /** send a report */
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
         * @description Replaces what 3.0.1 can say of the object; id, creation time and what only 3.1 can say stay.
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
         * @description VENs see events without targets and those that share a target with what they were granted; the same holds for their programs.
         */
        get: operations["searchAllEvents"];
        put?: never;
        /** create an event */
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
         * @description Replaces what 3.0.1 can say of the object; id, creation time and what only 3.1 can say stay.
         */
        put: operations["updateEvent"];
        post?: never;
        /** delete an event */
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
         * @description VENs see their own.
         */
        get: operations["searchSubscriptions"];
        put?: never;
        /** subscribe to changes */
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
         * @description Replaces what 3.0.1 can say of the object; id, creation time and what only 3.1 can say stay.
         */
        put: operations["updateSubscription"];
        post?: never;
        /** delete a subscription */
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
         * @description VENs see their own.
         */
        get: operations["searchVens"];
        put?: never;
        /**
         * create a ven
         * @description Resources inside are created with it. Business logic may name the OAuth2 client as clientID; it is the venName otherwise.
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
         * @description Replaces what 3.0.1 can say of the object; id, creation time and what only 3.1 can say stay.
         */
        put: operations["updateVen"];
        post?: never;
        /** delete a ven */
        delete: operations["deleteVen"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vens/{venID}/resources": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
            cookie?: never;
        };
        /** list a ven's resources */
        get: operations["searchVenResources"];
        put?: never;
        /** create a resource of a ven */
        post: operations["createResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vens/{venID}/resources/{resourceID}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
                /** @description Id of the resource. */
                resourceID: components["parameters"]["resourceID"];
            };
            cookie?: never;
        };
        /** read a resource */
        get: operations["searchVenResourceByID"];
        /**
         * replace a resource
         * @description Replaces what 3.0.1 can say of the object; id, creation time and what only 3.1 can say stay.
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A program as answered. */
        program: components["schemas"]["objectMetadata"] & components["schemas"]["programRequest"] & {
            /** @enum {string} */
            objectType: "PROGRAM";
        };
        /** @description A program as sent. What 3.1 keeps in attributes stands beside the name. */
        programRequest: {
            id?: components["schemas"]["objectID"];
            createdDateTime?: components["schemas"]["dateTime"];
            modificationDateTime?: components["schemas"]["dateTime"];
            /** @enum {string} */
            objectType?: "PROGRAM";
            /**
             * @description Name by which people and programs know it; unique.
             * @example capacity-limits
             */
            programName: string;
            /**
             * @description The name for people.
             * @example Capacity limits of feeder 7
             */
            programLongName?: string | null;
            /**
             * @description Whose program it is.
             * @example ACME
             */
            retailerName?: string | null;
            /**
             * @description The same for people.
             * @example ACME Electric Inc.
             */
            retailerLongName?: string | null;
            /** @example PRICING_TARIFF */
            programType?: string | null;
            /**
             * @description ISO 3166-1 alpha-2.
             * @example DE
             */
            country?: string | null;
            /**
             * @description ISO 3166-2.
             * @example BE
             */
            principalSubdivision?: string | null;
            timeZoneOffset?: components["schemas"]["duration"];
            intervalPeriod?: components["schemas"]["intervalPeriod"];
            /** @description Where to read about the program. */
            programDescriptions?: {
                /**
                 * Format: uri
                 * @example https://utility.example/programs/7
                 */
                URL: string;
            }[] | null;
            /** @description Whether events are fixed once they are out. */
            bindingEvents?: boolean | null;
            /** @description Whether the prices come from a local VTN. */
            localPrice?: boolean | null;
            /** @description Units and the like of the payloads that its events and reports carry. */
            payloadDescriptors?: (components["schemas"]["eventPayloadDescriptor"] | components["schemas"]["reportPayloadDescriptor"])[] | null;
            targets?: components["schemas"]["targets"];
        };
        /** @description A report as answered. */
        report: components["schemas"]["objectMetadata"] & components["schemas"]["reportRequest"] & {
            /** @enum {string} */
            objectType: "REPORT";
        };
        /** @description A report as sent. It answers an event, whose program it may name. */
        reportRequest: {
            id?: components["schemas"]["objectID"];
            createdDateTime?: components["schemas"]["dateTime"];
            modificationDateTime?: components["schemas"]["dateTime"];
            /** @enum {string} */
            objectType?: "REPORT";
            programID?: components["schemas"]["objectID"];
            eventID: components["schemas"]["objectID"];
            clientName: components["schemas"]["clientName"];
            /**
             * @description For people; may repeat.
             * @example battery usage of 4 November
             */
            reportName?: string | null;
            /** @description Units and quality of the payloads inside. */
            payloadDescriptors?: components["schemas"]["ownPayloadDescriptor"][] | null;
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
        /** @description An event as answered. */
        event: components["schemas"]["objectMetadata"] & components["schemas"]["eventRequest"] & {
            /** @enum {string} */
            objectType: "EVENT";
        };
        /** @description An event as sent. Its intervalPeriod is the default of its intervals. */
        eventRequest: {
            id?: components["schemas"]["objectID"];
            createdDateTime?: components["schemas"]["dateTime"];
            modificationDateTime?: components["schemas"]["dateTime"];
            /** @enum {string} */
            objectType?: "EVENT";
            programID: components["schemas"]["objectID"];
            /**
             * @description For people; may repeat.
             * @example price event of 18 November
             */
            eventName?: string | null;
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
            intervals: components["schemas"]["interval"][];
        };
        /** @description A subscription as answered; the bearerToken is never shown. */
        subscription: components["schemas"]["objectMetadata"] & components["schemas"]["subscriptionRequest"] & {
            /** @enum {string} */
            objectType: "SUBSCRIPTION";
        };
        /** @description A wish to be called when objects change. */
        subscriptionRequest: {
            id?: components["schemas"]["objectID"];
            createdDateTime?: components["schemas"]["dateTime"];
            modificationDateTime?: components["schemas"]["dateTime"];
            /** @enum {string} */
            objectType?: "SUBSCRIPTION";
            clientName: components["schemas"]["clientName"];
            programID?: components["schemas"]["objectID"];
            /** @description Which changes, and where to tell them. */
            objectOperations: components["schemas"]["objectOperation"][];
            targets?: components["schemas"]["targets"];
        };
        objectOperation: {
            objects: components["schemas"]["objectTypes"][];
            /** @description The HTTP methods are understood too, and returned as they were sent. */
            operations: ("READ" | "CREATE" | "UPDATE" | "DELETE" | "GET" | "POST" | "PUT")[];
            /**
             * Format: uri
             * @example https://ven.example/callback
             */
            callbackUrl: string;
            /**
             * @description Sent along with each call.
             * @example 7f3a91c2
             */
            bearerToken?: string | null;
        };
        /** @description A ven as answered, with its resources. */
        ven: components["schemas"]["objectMetadata"] & {
            /** @enum {string} */
            objectType: "VEN";
            venName: components["schemas"]["venName"];
            attributes?: components["schemas"]["attributes"];
            targets?: components["schemas"]["targets"];
            resources?: components["schemas"]["resource"][] | null;
        };
        /**
         * @description A ven as sent. Targets are for business logic to grant: what a VEN says of its own is ignored. Resources inside are
         *     created, or replaced when they have the id or the name of one; those that are not named stay.
         */
        venRequest: {
            id?: components["schemas"]["objectID"];
            createdDateTime?: components["schemas"]["dateTime"];
            modificationDateTime?: components["schemas"]["dateTime"];
            /** @enum {string} */
            objectType?: "VEN";
            clientID?: components["schemas"]["clientID"];
            venName: components["schemas"]["venName"];
            attributes?: components["schemas"]["attributes"];
            targets?: components["schemas"]["targets"];
            resources?: components["schemas"]["resourceRequest"][] | null;
        };
        /** @description A resource as answered. */
        resource: components["schemas"]["objectMetadata"] & components["schemas"]["resourceRequest"] & {
            /** @enum {string} */
            objectType: "RESOURCE";
            venID: components["schemas"]["objectID"];
        };
        /** @description A resource as sent. Its ven is that of the path. */
        resourceRequest: {
            id?: components["schemas"]["objectID"];
            createdDateTime?: components["schemas"]["dateTime"];
            modificationDateTime?: components["schemas"]["dateTime"];
            /** @enum {string} */
            objectType?: "RESOURCE";
            resourceName: components["schemas"]["resourceName"];
            venID?: components["schemas"]["objectID"];
            attributes?: components["schemas"]["attributes"];
            targets?: components["schemas"]["targets"];
        };
        /** @description What the VTN gives to every object. */
        objectMetadata: {
            id: components["schemas"]["objectID"];
            createdDateTime: components["schemas"]["dateTime"];
            modificationDateTime: components["schemas"]["dateTime"];
            objectType: components["schemas"]["objectTypes"];
        };
        /** @description Whom it concerns; nobody in particular when empty or missing. */
        targets: components["schemas"]["valuesMap"][] | null;
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
         * @description When, and for how long. A start of 0001-01-01T00:00:00Z means now, or right after what goes before. A duration of PT0S
         *     means for ever where a sequence of intervals ends with it.
         */
        intervalPeriod: {
            start: components["schemas"]["dateTime"];
            duration?: components["schemas"]["duration"];
            randomizeStart?: components["schemas"]["duration"];
        };
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
            objectType?: "EVENT_PAYLOAD_DESCRIPTOR";
            /** @example PRICE */
            payloadType: string;
            /**
             * @description Unit of the values.
             * @example KW
             */
            units?: string | null;
            /**
             * @description ISO 4217 code of prices.
             * @example EUR
             */
            currency?: string | null;
        };
        /** @description How to read the report payloads of one type. */
        reportPayloadDescriptor: {
            /** @enum {string} */
            objectType?: "REPORT_PAYLOAD_DESCRIPTOR";
            /** @example USAGE */
            payloadType: string;
            /**
             * @description How the values came about.
             * @example DIRECT_READ
             */
            readingType?: string | null;
            /**
             * @description Unit of the values.
             * @example KW
             */
            units?: string | null;
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
        /** @description How to read the payloads of one type in the report that holds it. */
        ownPayloadDescriptor: {
            /**
             * @description The second is what some clients call it.
             * @enum {string}
             */
            objectType?: "REPORT_PAYLOAD_DESCRIPTOR" | "EVENT_PAYLOAD_DESCRIPTOR";
            /** @example USAGE */
            payloadType: string;
            /**
             * @description How the values came about.
             * @example DIRECT_READ
             */
            readingType?: string | null;
            /**
             * @description Unit of the values.
             * @example KW
             */
            units?: string | null;
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
            /**
             * @description How the values came about.
             * @example DIRECT_READ
             */
            readingType?: string | null;
            /**
             * @description Unit of the values.
             * @example KW
             */
            units?: string | null;
            targets?: components["schemas"]["targets"];
            /**
             * @description One sum over all targeted resources, instead of each by itself.
             * @default false
             */
            aggregate?: boolean;
            /**
             * Format: int32
             * @description The interval at whose end to report; -1 is the last.
             * @default -1
             * @example -1
             */
            startInterval?: number;
            /**
             * Format: int32
             * @description How many intervals to cover; -1 is all.
             * @default -1
             * @example -1
             */
            numIntervals?: number;
            /**
             * @description What was, instead of what is expected.
             * @default true
             */
            historical?: boolean;
            /**
             * Format: int32
             * @description Intervals from one report to the next; -1 is as many as numIntervals.
             * @default -1
             * @example -1
             */
            frequency?: number;
            /**
             * Format: int32
             * @description How many reports; -1 is without end.
             * @default 1
             * @example 1
             */
            repeat?: number;
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
         * @description Name of a resource; AGGREGATED_REPORT in a report that sums up several.
         * @example battery-1
         */
        resourceName: string;
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
         * @description ISO 8601; a missing one is PT0S.
         * @example PT15M
         */
        duration: string;
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
        /** @description Only what carries this clientName. */
        queryClientName: string;
        /** @description Only the ven of this name. */
        queryVenName: string;
        /** @description Only resources of this name. */
        queryResourceName: string;
        /** @description Only subscriptions to one of these object types; the parameter repeats. */
        queryObjects: components["schemas"]["objectTypes"][];
        /**
         * @description Only what has a target of this type, and of targetValues when they are given too. PROGRAM_NAME, EVENT_NAME, VEN_NAME and
         *     RESOURCE_NAME also select what goes by that name, or belongs to it.
         */
        targetType: string;
        /** @description Only what has a target with one of these values; the parameter repeats. A VEN gets what it may see. */
        targetValues: string[];
        /** @description Only events that are not over before this instant. Not part of OpenADR. */
        xStart: components["schemas"]["dateTime"];
        /** @description Only events that begin before this instant. Not part of OpenADR. */
        xEnd: components["schemas"]["dateTime"];
        /** @description How many objects of the list to leave out; 0 when missing. */
        skip: number;
        /** @description How many objects to answer with at most; 50 when missing. */
        limit: number;
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
                /**
                 * @description Only what has a target of this type, and of targetValues when they are given too. PROGRAM_NAME, EVENT_NAME, VEN_NAME and
                 *     RESOURCE_NAME also select what goes by that name, or belongs to it.
                 */
                targetType?: components["parameters"]["targetType"];
                /** @description Only what has a target with one of these values; the parameter repeats. A VEN gets what it may see. */
                targetValues?: components["parameters"]["targetValues"];
                /** @description How many objects of the list to leave out; 0 when missing. */
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
            409: components["responses"]["conflict"];
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
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
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
                /** @description How many objects of the list to leave out; 0 when missing. */
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
            409: components["responses"]["conflict"];
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
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
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
                /**
                 * @description Only what has a target of this type, and of targetValues when they are given too. PROGRAM_NAME, EVENT_NAME, VEN_NAME and
                 *     RESOURCE_NAME also select what goes by that name, or belongs to it.
                 */
                targetType?: components["parameters"]["targetType"];
                /** @description Only what has a target with one of these values; the parameter repeats. A VEN gets what it may see. */
                targetValues?: components["parameters"]["targetValues"];
                /** @description How many objects of the list to leave out; 0 when missing. */
                skip?: components["parameters"]["skip"];
                /** @description How many objects to answer with at most; 50 when missing. */
                limit?: components["parameters"]["limit"];
                /** @description Only events that are not over before this instant. Not part of OpenADR. */
                "x-start"?: components["parameters"]["xStart"];
                /** @description Only events that begin before this instant. Not part of OpenADR. */
                "x-end"?: components["parameters"]["xEnd"];
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
            409: components["responses"]["conflict"];
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
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
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
                /**
                 * @description Only what has a target of this type, and of targetValues when they are given too. PROGRAM_NAME, EVENT_NAME, VEN_NAME and
                 *     RESOURCE_NAME also select what goes by that name, or belongs to it.
                 */
                targetType?: components["parameters"]["targetType"];
                /** @description Only what has a target with one of these values; the parameter repeats. A VEN gets what it may see. */
                targetValues?: components["parameters"]["targetValues"];
                /** @description Only subscriptions to one of these object types; the parameter repeats. */
                objects?: components["parameters"]["queryObjects"];
                /** @description How many objects of the list to leave out; 0 when missing. */
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["subscription"];
                };
            };
            400: components["responses"]["badRequest"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            409: components["responses"]["conflict"];
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
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
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
                /**
                 * @description Only what has a target of this type, and of targetValues when they are given too. PROGRAM_NAME, EVENT_NAME, VEN_NAME and
                 *     RESOURCE_NAME also select what goes by that name, or belongs to it.
                 */
                targetType?: components["parameters"]["targetType"];
                /** @description Only what has a target with one of these values; the parameter repeats. A VEN gets what it may see. */
                targetValues?: components["parameters"]["targetValues"];
                /** @description How many objects of the list to leave out; 0 when missing. */
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
            409: components["responses"]["conflict"];
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
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
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
                /**
                 * @description Only what has a target of this type, and of targetValues when they are given too. PROGRAM_NAME, EVENT_NAME, VEN_NAME and
                 *     RESOURCE_NAME also select what goes by that name, or belongs to it.
                 */
                targetType?: components["parameters"]["targetType"];
                /** @description Only what has a target with one of these values; the parameter repeats. A VEN gets what it may see. */
                targetValues?: components["parameters"]["targetValues"];
                /** @description How many objects of the list to leave out; 0 when missing. */
                skip?: components["parameters"]["skip"];
                /** @description How many objects to answer with at most; 50 when missing. */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
            };
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
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    createResource: {
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
            409: components["responses"]["conflict"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    searchVenResourceByID: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
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
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    updateVenResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
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
            409: components["responses"]["conflict"];
            412: components["responses"]["preconditionFailed"];
            500: components["responses"]["internalServerError"];
            default: components["responses"]["otherProblem"];
        };
    };
    deleteVenResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the ven. */
                venID: components["parameters"]["venID"];
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
            403: components["responses"]["forbidden"];
            406: components["responses"]["tokenError"];
            413: components["responses"]["tokenError"];
            415: components["responses"]["tokenError"];
            429: components["responses"]["tooManyTokenRequests"];
            500: components["responses"]["tokenError"];
            501: components["responses"]["notImplemented"];
            default: components["responses"]["tokenError"];
        };
    };
}
