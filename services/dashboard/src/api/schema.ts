/**
 * The gateway's HTTP contract, made from docs/api/openapi.json by `npm run api`. Do not edit.
 */

export type Schemas = components['schemas']
/** What the document says no more of than that it is JSON. */
export type JsonObject = { [name: string]: Json }
export type Json = null | boolean | number | string | Json[] | JsonObject

export interface paths {
    "/api/v1/streams/{stream}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send records as NDJSON, a JSON array, or CSV */
        post: operations["ingestRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Streams
         * @description Return the streams by name; of a key for some streams those alone.
         */
        get: operations["listStreams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Stream
         * @description Return what a stream is said to be, and how it does; the ETag is of its definition.
         */
        get: operations["getStream"];
        /**
         * Define Stream
         * @description Say what a stream is; it holds from the next record on.
         */
        put: operations["defineStream"];
        post?: never;
        /**
         * Forget Stream
         * @description Forget a stream: definition, state and graph. A later record starts it anew.
         */
        delete: operations["forgetStream"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause Stream
         * @description Pass over the records of a stream from now on; they stay on the raw topic.
         */
        post: operations["pauseStream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume Stream
         * @description Take the records of a stream in again, from now on.
         */
        post: operations["resumeStream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try Half Life
         * @description Try another half-life; what does harm is taken back, and `GET /meta` tells.
         */
        post: operations["tryHalfLife"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Graph */
        get: operations["getGraph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/graph.{format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export Graph */
        get: operations["exportGraph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/edges/{source}/{target}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Edge
         * @description Say why an edge is believed or not. A pair at lag 0 has one edge, in either direction.
         */
        get: operations["getEdge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/paths": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find Paths
         * @description Return the ways over accepted edges from one variable to another, the surest first.
         *
         *     A path proposes a mechanism; it is not tested as a whole. When a dense graph has more than
         *     can be looked at, `complete` is false.
         */
        get: operations["findPaths"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get History
         * @description Say how the graph changed, oldest first.
         *
         *     Changes are kept from the beginning of the stream's epoch on, 200,000 of all streams
         *     together; then the oldest of the stream that has most go.
         */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/graph/at": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Graph At
         * @description Return the accepted edges at a moment, in the time of the data.
         */
        get: operations["getGraphAt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream}/differences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Differences
         * @description Say what became of each edge from one moment to another, in the time of the data.
         */
        get: operations["getDifferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/components": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Components */
        get: operations["listComponents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/components/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Component
         * @description Return how it does, what is wanted of it and by whom, and what can be wanted.
         */
        get: operations["getComponent"];
        /**
         * Configure
         * @description Want something else of a component; its instances follow while they run.
         */
        put: operations["configureComponent"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Dead Letters
         * @description Return what was refused, newest first, of the newest 1000 that are kept.
         */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dead-letters/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay All
         * @description Send all that was refused for a reason again, oldest first, what never was before.
         *
         *     Each is judged first, and what would be refused once more is left. All of it goes out, or
         *     nothing.
         */
        post: operations["replayDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dead-letters/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay One
         * @description Send a dead letter back onto the topic that refused it, as it was or edited.
         *
         *     What would be refused once more is not sent. It counts as a record that comes now.
         */
        post: operations["replayDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Dead Letter
         * @description Return a dead letter with all that it holds, and what became of it.
         */
        get: operations["getDeadLetter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description Return the newest events; without `type`, the changes of edges.
         *
         *     Of each kind the newest 1000 are kept; of definitions, components and learning 200. What was
         *     said of streams that are forgotten stays out of sight. A key for some streams is shown
         *     what is about those; dead letters are shown to operators.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Event
         * @description Return an event with all that it says.
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Traces
         * @description Return the newest traces, of one stream or of all.
         *
         *     Up to 2000 are kept. When there are more, those make room of which there are the most, by
         *     what they begin with: frequent samples leave the way from a record to its graph in sight.
         */
        get: operations["listTraces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traces/{trace_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Trace
         * @description Return a trace, each piece of work behind that which led to it.
         */
        get: operations["getTrace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Drg
         * @description Return what every instance has and may spend, and the newest decisions with why.
         */
        get: operations["readGovernor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/federation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Federation
         * @description Return the newest round of every membership, edge by edge, and those before in short.
         */
        get: operations["readFederation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/meta": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Meta
         * @description Return what streams of each domain teach each other, and what was tried in engines.
         */
        get: operations["readMetaLearning"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live events; Last-Event-ID resumes without loss
         * @description Send what happens as it happens: all of it, or some kinds of it, or of some streams.
         *
         *     A key for some streams is sent what is about those. What is passed over counts as seen: ids
         *     go on with it.
         */
        get: operations["followEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Keys */
        get: operations["listKeys"];
        put?: never;
        /**
         * Issue
         * @description Make a key; the answer is the only place where it can be seen.
         */
        post: operations["issueKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke
         * @description Make a key count no more; what it holds open is closed within seconds.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description Say who one is, in which role, and until when.
         */
        get: operations["readSession"];
        put?: never;
        /**
         * Sign In
         * @description Begin a session with a bearer credential; the answer sets its cookie.
         */
        post: operations["signIn"];
        /**
         * Sign Out
         * @description End the session, on every instance; a bearer credential has none to end.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A definition is on its way; it holds from the next record on. */
        AcceptedModel: {
            id: string;
            version: number;
        };
        /** @description How well the graph agrees with the truth. */
        AccuracyModel: {
            precision: number;
            recall: number;
            f1: number;
            history: components["schemas"]["AccuracyPointModel"][];
        };
        /** @description How well the graph agreed with the truth at one moment. */
        AccuracyPointModel: {
            rows: number;
            /** Format: date-time */
            at: string;
            precision: number;
            recall: number;
            f1: number;
        };
        /** @description What the engine may spend on a window, beyond keeping the evidence. */
        BudgetModel: {
            /** @description the graph is brought up to date at every so manieth window */
            every: number;
            /** @description of so many targets, at most; null = of all */
            targets: number | null;
            most_parents: number;
            nonlinear: boolean;
            single: boolean;
        };
        /** @description What became of an edge with a window. */
        ChangeModel: {
            id: string;
            /** @constant */
            type: "EdgeChanged";
            /** Format: date-time */
            at: string;
            stream: string;
            summary: string;
            /** @enum {string} */
            change: "appeared" | "strengthened" | "weakened" | "flipped" | "vanished";
            source: string;
            target: string;
            lag: number;
            effect: number | null;
            ci: [
                number | null,
                number | null
            ];
            previous_effect: number | null;
            /** @description believed thanks to a prior only */
            imported: boolean;
            regime: number;
            window_id: string;
            trace_id: string | null;
        };
        /** @description A command, and what became of it. */
        CommandModel: {
            id: string;
            component: string;
            by: string;
            /** Format: date-time */
            at: string;
            refused: string | null;
            version: number;
            before: components["schemas"]["HeldModel"];
            after: components["schemas"]["HeldModel"];
        };
        /** @description A component, what can be wanted of it, and the commands before. */
        ComponentDetailsModel: {
            name: string;
            enabled: boolean;
            status: components["schemas"]["ComponentStatus"];
            detail: string;
            at: string | null;
            instances: components["schemas"]["InstanceModel"][];
            wanted: components["schemas"]["WishModel"];
            /** @description JSON Schema of its settings; null: none can be changed */
            schema: JsonObject | null;
            /** @description whether it takes something in hand that can wait */
            pausable: boolean;
            /** @description the settings that its instances work with, whether they were started so or it was wanted; null: none is there, they differ, or none can be changed */
            in_force: JsonObject | null;
            /** @description newest first */
            commands: components["schemas"]["CommandModel"][];
        };
        /** @description How a component does, and what is wanted of it. */
        ComponentModel: {
            name: string;
            enabled: boolean;
            status: components["schemas"]["ComponentStatus"];
            detail: string;
            at: string | null;
            instances: components["schemas"]["InstanceModel"][];
            wanted: components["schemas"]["WishModel"];
        };
        /**
         * @description How a component does, computed from heartbeats alone.
         * @enum {string}
         */
        ComponentStatus: "up" | "degraded" | "down" | "paused" | "off";
        /** @description All components that were ever heard of. */
        ComponentsModel: {
            items: components["schemas"]["ComponentModel"][];
        };
        /** @description How many edges did what between two moments. */
        CountsModel: {
            appeared: number;
            vanished: number;
            strengthened: number;
            weakened: number;
            flipped: number;
            same: number;
            passing: number;
        };
        /** @description How many hypotheses were tested. */
        CoverageModel: {
            tested: number;
            possible: number;
        };
        /** @description A dead letter with all that it holds. */
        DeadLetterDetailsModel: {
            id: string;
            origin_topic: string;
            partition: number;
            offset: number;
            key: string;
            /** @description a code; the message says it in words */
            reason: string;
            message: string;
            /** @description who refused it */
            component: string;
            /** Format: date-time */
            at: string;
            bytes: number;
            /** @description how it begins */
            preview: string;
            trace_id: string | null;
            /** @description newest first */
            replays: components["schemas"]["ReplayedModel"][];
            /** @description what was refused, up to 1 MiB of it */
            value: string;
            /** @enum {string} */
            encoding: "text" | "base64";
            /** @description whether there was more of it */
            truncated: boolean;
            /** @description of what was refused, up to 64 KiB of them */
            headers: components["schemas"]["HeaderModel"][];
            /** @description whether there were more of them */
            headers_truncated: boolean;
            replayable: boolean;
            /** @description why it cannot be sent again */
            why_not: string | null;
        };
        /** @description A message that can never be handled, as lists show it. */
        DeadLetterModel: {
            id: string;
            origin_topic: string;
            partition: number;
            offset: number;
            key: string;
            /** @description a code; the message says it in words */
            reason: string;
            message: string;
            /** @description who refused it */
            component: string;
            /** Format: date-time */
            at: string;
            bytes: number;
            /** @description how it begins */
            preview: string;
            trace_id: string | null;
            /** @description newest first */
            replays: components["schemas"]["ReplayedModel"][];
        };
        /** @description A page of dead letters, newest first. */
        DeadLettersModel: {
            items: components["schemas"]["DeadLetterModel"][];
            /** @description of all there were, by reason */
            counts: {
                [key: string]: number;
            };
            /** @description of all there were, by the topic they came from */
            origins: {
                [key: string]: number;
            };
            /** @description of those that are kept: how many were sent again, by reason */
            sent: {
                [key: string]: number;
            };
            /** @description of those that are kept: how many never were, by reason */
            unsent: {
                [key: string]: number;
            };
            next: string | null;
        };
        /** @description A decision of a governor, and the sample behind it. */
        DecisionModel: {
            component: string;
            instance: string;
            /** Format: date-time */
            at: string;
            by: string;
            rule: string;
            /** @description the resource that decides */
            binding: string;
            load: number | null;
            predicted: number | null;
            time_to_limit_s: number | null;
            share_before: number;
            share: number;
            level_before: components["schemas"]["GovernorLevel"];
            level: components["schemas"]["GovernorLevel"];
            sample: components["schemas"]["ResourceSample"];
            is_dry_run: boolean;
            /** @description the same in words */
            text: string;
        };
        /** @description What a person or program says a stream is; wins over what is inferred. */
        DefinitionModel: {
            /** @description left out: inferred from the records */
            variables?: components["schemas"]["VariableModel"][];
            /**
             * @default {
             *       "kind": "count",
             *       "size": 256,
             *       "lateness_s": 0
             *     }
             */
            window?: components["schemas"]["WindowPolicyModel"];
            /** @default  */
            domain?: string;
            reference_edges?: components["schemas"]["ReferenceEdgeModel"][];
            /** @description left out: as it is */
            paused?: boolean | null;
        };
        /** @description An edge at two moments; null = it was not there. */
        DifferenceModel: {
            source: string;
            target: string;
            lag: number;
            /**
             * @description same: there at both, or at neither, and not moved beyond its standard errors
             * @enum {string}
             */
            change: "appeared" | "vanished" | "strengthened" | "weakened" | "flipped" | "same";
            before: number | null;
            after: number | null;
            /** @description after the first moment, up to the second */
            changes: number;
        };
        /** @description The difference between a graph at two moments. */
        DifferencesModel: {
            stream: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /**
             * Format: date-time
             * @description from when on all is known
             */
            since: string;
            variables: string[];
            /** @description those that were there at either moment */
            edges: components["schemas"]["DifferenceModel"][];
            /** @description those that came and went in between: there at neither moment */
            passing: components["schemas"]["DifferenceModel"][];
            counts: components["schemas"]["CountsModel"];
        };
        /** @description What the newest look at a domain says. */
        DomainModel: {
            domain: string;
            sequence: number;
            /** Format: date-time */
            at: string;
            streams: components["schemas"]["StreamLearned"][];
        };
        /** @description An edge, and why it is believed or not. */
        EdgeDetailsModel: {
            source: string;
            target: string;
            lag: number;
            effect: number | null;
            se: number | null;
            ci: [
                number | null,
                number | null
            ];
            p_value: number | null;
            q_value: number | null;
            score: number;
            stability: number;
            /** @enum {string} */
            state: "accepted" | "rejected" | "untested";
            oriented: boolean;
            windows: number;
            first_seen: string | null;
            last_seen: string | null;
            /**
             * @description quadratic: the numbers are those of the square of the source
             * @enum {string}
             */
            form: "linear" | "quadratic";
            /** @description that the numbers rest on, less what was fitted to them */
            rows: number;
            /** @description accepted thanks to a prior only; the numbers are of data and prior together */
            imported: boolean;
            /** @description null: none says anything of the edge */
            prior: components["schemas"]["EdgePriorModel"] | null;
            stream: string;
            version: number;
            as_of: string | null;
            /** @description the other sources, with lags, that are held fixed when it is tested */
            conditions: [
                string,
                number
            ][];
            /** @description why it is believed or not, in words */
            why: string;
            /** @description what became of it, newest first */
            changes: components["schemas"]["ChangeModel"][];
        };
        /** @description A change of an edge with all that it says. */
        EdgeEventDetailsModel: {
            topic: string;
            partition: number;
            offset: number;
            /** @description its fields, as docs/api/asyncapi.json has them; bytes are in base64 */
            payload: JsonObject;
            id: string;
            /** @constant */
            type: "EdgeChanged";
            /** Format: date-time */
            at: string;
            stream: string;
            summary: string;
            /** @enum {string} */
            change: "appeared" | "strengthened" | "weakened" | "flipped" | "vanished";
            source: string;
            target: string;
            lag: number;
            effect: number | null;
            ci: [
                number | null,
                number | null
            ];
            previous_effect: number | null;
            /** @description believed thanks to a prior only */
            imported: boolean;
            regime: number;
            window_id: string;
            trace_id: string | null;
            /** @constant */
            kind: "edge";
            subject: string;
        };
        /** @description The same of a change of an edge, with what it changed. */
        EdgeEventModel: {
            id: string;
            /** @constant */
            type: "EdgeChanged";
            /** Format: date-time */
            at: string;
            stream: string;
            summary: string;
            /** @enum {string} */
            change: "appeared" | "strengthened" | "weakened" | "flipped" | "vanished";
            source: string;
            target: string;
            lag: number;
            effect: number | null;
            ci: [
                number | null,
                number | null
            ];
            previous_effect: number | null;
            /** @description believed thanks to a prior only */
            imported: boolean;
            regime: number;
            window_id: string;
            trace_id: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "edge";
            subject: string;
        };
        /** @description A directed lagged relation; effects in standard deviations. */
        EdgeModel: {
            source: string;
            target: string;
            lag: number;
            effect: number | null;
            se: number | null;
            ci: [
                number | null,
                number | null
            ];
            p_value: number | null;
            q_value: number | null;
            score: number;
            stability: number;
            /** @enum {string} */
            state: "accepted" | "rejected" | "untested";
            oriented: boolean;
            windows: number;
            first_seen: string | null;
            last_seen: string | null;
            /**
             * @description quadratic: the numbers are those of the square of the source
             * @enum {string}
             */
            form: "linear" | "quadratic";
            /** @description that the numbers rest on, less what was fitted to them */
            rows: number;
            /** @description accepted thanks to a prior only; the numbers are of data and prior together */
            imported: boolean;
            /** @description null: none says anything of the edge */
            prior: components["schemas"]["EdgePriorModel"] | null;
        };
        /** @description What a prior says of an accepted edge. */
        EdgePriorModel: {
            origin: string;
            /** @description what it expects */
            effect: number;
            se: number;
            /** @description of the edge, own evidence and prior taken together */
            q_value: number;
        };
        /** @description An accepted edge at a moment; null is what is not known of it. */
        EdgeThenModel: {
            source: string;
            target: string;
            lag: number;
            effect: number | null;
            se: number | null;
            ci: [
                number | null,
                number | null
            ];
            score: number | null;
            /** @enum {string} */
            form: "linear" | "quadratic";
            /** @description believed thanks to a prior only */
            imported: boolean;
            regime: number | null;
            /** @description when it came to be so */
            changed_at: string | null;
            /** @description false: known backwards only, by what became of it later or by the graph of now */
            certain: boolean;
        };
        /** @description An event with all that it says. */
        EventDetailsModel: {
            topic: string;
            partition: number;
            offset: number;
            /** @description its fields, as docs/api/asyncapi.json has them; bytes are in base64 */
            payload: JsonObject;
            id: string;
            /** @enum {string} */
            kind: "definition" | "component" | "command" | "decision" | "round" | "learning" | "trial" | "dead-letter" | "replay";
            /** @description the event's name on the bus */
            type: string;
            /**
             * Format: date-time
             * @description of what is in the data, in the time of the data
             */
            at: string;
            stream: string | null;
            /** @description what it is about */
            subject: string;
            /** @description what happened, in words */
            summary: string;
            trace_id: string | null;
        };
        /** @description Something that happened. */
        EventModel: {
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "command" | "component" | "dead-letter" | "decision" | "definition" | "learning" | "replay" | "round" | "trial";
            /** @description the event's name on the bus */
            type: string;
            /**
             * Format: date-time
             * @description of what is in the data, in the time of the data
             */
            at: string;
            stream: string | null;
            /** @description what it is about */
            subject: string;
            /** @description what happened, in words */
            summary: string;
            trace_id: string | null;
        };
        /** @description A page of events, newest first: in the order in which they came onto the bus. */
        EventsModel: {
            items: (components["schemas"]["EdgeEventModel"] | components["schemas"]["EventModel"])[];
            next: string | null;
        };
        /** @description The memberships, and a page of rounds, newest first. */
        FederationModel: {
            memberships: components["schemas"]["MembershipModel"][];
            rounds: components["schemas"]["RoundModel"][];
            next: string | null;
        };
        /** @description An instance: what it has and uses, and what it may spend. */
        GovernedModel: {
            id: string;
            component: string;
            /** Format: date-time */
            at: string;
            /** @description of full work that it does */
            share: number;
            sample: components["schemas"]["ResourceSample"];
            granted: components["schemas"]["GrantModel"] | null;
            /** @description of its reflex, and of DRG */
            policies: components["schemas"]["PolicyModel"][];
        };
        /**
         * @description How things stand, from good to bad.
         * @enum {string}
         */
        GovernorLevel: "normal" | "caution" | "throttle" | "critical" | "pause";
        /** @description The instances that are there, and a page of decisions, newest first. */
        GovernorModel: {
            instances: components["schemas"]["GovernedModel"][];
            decisions: components["schemas"]["DecisionModel"][];
            next: string | null;
        };
        /** @description What DRG grants an instance. */
        GrantModel: {
            share: number;
            is_paused: boolean;
            level: components["schemas"]["GovernorLevel"];
            epoch: number;
            sequence: number;
            /** Format: date-time */
            at: string;
            ttl_s: number;
        };
        /** @description The causal graph of a stream at one version. */
        GraphModel: {
            stream: string;
            version: number;
            as_of: string | null;
            rows: number;
            windows: number;
            variables: string[];
            max_lag: number;
            /** @description number of the one that the graph describes */
            regime: number;
            /** @description of each variable: the sources, with lags, that its edges are tested given */
            parents: {
                [key: string]: [
                    string,
                    number
                ][];
            };
            coverage: components["schemas"]["CoverageModel"];
            /** @description hypotheses tested with all evidence that there is; others wait for their turn */
            fresh: number;
            budget: components["schemas"]["BudgetModel"];
            edges: components["schemas"]["EdgeModel"][];
            paths: components["schemas"]["PathModel"][];
            hyperedges: components["schemas"]["HyperedgeModel"][];
            /** @description what came from elsewhere */
            priors: components["schemas"]["PriorModel"][];
        };
        /** @description The accepted edges of a graph at a moment. */
        GraphThenModel: {
            stream: string;
            /** Format: date-time */
            at: string;
            /**
             * Format: date-time
             * @description from when on all is known
             */
            since: string;
            variables: string[];
            /** @description the surest first, as far as that is known */
            edges: components["schemas"]["EdgeThenModel"][];
        };
        /** @description How far a stream's rows prefer a half-life. */
        HalfLifeModel: {
            steps: number;
            weight: number;
        };
        /** @description A header of the message that was refused. */
        HeaderModel: {
            name: string;
            value: string;
            /** @enum {string} */
            encoding: "text" | "base64";
        };
        /** @description How a component is to be: what a command changes. */
        HeldModel: {
            enabled: boolean;
            paused: boolean;
            /** @description all that differs from how it was started */
            settings: JsonObject;
        };
        /** @description How a graph changed. */
        HistoryModel: {
            stream: string;
            /**
             * Format: date-time
             * @description from when on all is known
             */
            since: string;
            /**
             * Format: date-time
             * @description the newest moment of which something is known
             */
            until: string;
            /** @description of edges, that are kept */
            changes: number;
            /** @description oldest first */
            points: components["schemas"]["PointModel"][];
        };
        /** @description Sources, each a name and a lag, that act on a target jointly, beyond their single effects. */
        HyperedgeModel: {
            sources: [
                string,
                number
            ][];
            target: string;
            effect: number | null;
            se: number | null;
            ci: [
                number | null,
                number | null
            ];
            p_value: number | null;
            q_value: number | null;
            score: number;
            /** @enum {string} */
            state: "accepted" | "rejected" | "untested";
            rows: number;
        };
        /** @description What became of the lines of a body. */
        IngestModel: {
            accepted: number;
            rejected: number;
            /** @description at most the first 100 */
            problems: components["schemas"]["RefusedModel"][];
            /** @description at most the first 100 */
            warnings: components["schemas"]["WarningModel"][];
        };
        /** @description A running process of a component. */
        InstanceModel: {
            id: string;
            state: components["schemas"]["InstanceState"];
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            last_heartbeat: string;
            version: string;
            handled: number;
            /** @description messages per second, lately */
            rate: number;
            /** @description messages that wait for it */
            lag: number;
            /** @description the version of what is wanted that it runs with */
            configured: number;
        };
        /**
         * @description Where an instance is in its life.
         * @enum {string}
         */
        InstanceState: "starting" | "running" | "draining" | "stopped" | "paused" | "off";
        /** @description A key, without its secret. */
        KeyModel: {
            id: string;
            name: string;
            role: components["schemas"]["Role"];
            streams: string[];
            expires_at: string | null;
            is_expired: boolean;
            /** Format: date-time */
            issued_at: string;
            issued_by: string;
            /** @description by this instance of the gateway, since its start; null = not yet */
            used_at: string | null;
        };
        /** @description A page of the keys that are not revoked, oldest first. */
        KeysModel: {
            items: components["schemas"]["KeyModel"][];
            next: string | null;
        };
        /** @description How much of what a stream is told rests on another one. */
        LearnedFrom: {
            stream: string;
            weight: number;
        };
        /** @description Every domain, and a page of decisions about trials, newest first. */
        LearningModel: {
            domains: components["schemas"]["DomainModel"][];
            trials: components["schemas"]["TrialJudgedModel"][];
            next: string | null;
        };
        /** @description What became of one dead letter of a request. */
        LetterJudgedModel: {
            letter: string;
            topic: string;
            key: string;
            edited: boolean;
            /** @description why it was not sent; null when it was */
            refused: string | null;
        };
        /** @description A membership, with all that its newest round says. */
        MembershipModel: {
            federation: string;
            peer: string;
            round: number;
            mode: string;
            /** Format: date-time */
            at: string;
            outcome: components["schemas"]["RoundOutcome"];
            reason: string;
            accepted: number;
            contested: number;
            peers: components["schemas"]["PeerJudged"][];
            /** @description the same in words */
            text: string;
            subject: string;
            stream: string;
            rule: string;
            quorum: number;
            late: number;
            edges: components["schemas"]["PooledEdge"][];
            refused: components["schemas"]["StatementsRefused"][];
            /** @description of everybody who was heard, by name */
            standing: components["schemas"]["StandingModel"][];
            privacy: components["schemas"]["PrivacySpent"] | null;
        };
        /** @description A key at the only moment when it is shown whole. */
        NewKeyModel: {
            id: string;
            name: string;
            role: components["schemas"]["Role"];
            streams: string[];
            expires_at: string | null;
            is_expired: boolean;
            /** Format: date-time */
            issued_at: string;
            issued_by: string;
            /** @description by this instance of the gateway, since its start; null = not yet */
            used_at: string | null;
            /** @description scy_<id>_<secret>; keep it, it is stored nowhere */
            key: string;
        };
        /**
         * @description What a stream was told.
         * @enum {string}
         */
        OfferOutcome: "offered" | "kept" | "withdrawn" | "nothing";
        /** @description A chain of accepted edges. */
        PathModel: {
            variables: string[];
            lags: number[];
            effect: number;
            delay: number;
            score: number;
            confidence: number;
        };
        /** @description The ways over accepted edges from one variable to another. */
        PathsModel: {
            stream: string;
            version: number;
            from: string;
            to: string;
            /** @description by the score of the weakest edge; among equals the shorter, then the stronger */
            paths: components["schemas"]["WayModel"][];
            /** @description whether these are all that there are */
            complete: boolean;
            /** @description what is there in place of a path, when there is none */
            why: string | null;
        };
        /** @description A peer in a round, as this deployment sees it. */
        PeerJudged: {
            peer: string;
            is_used: boolean;
            reason: string;
            weight: number;
            rows: number;
        };
        /** @description A command was sent, and nobody has answered yet. */
        PendingModel: {
            detail: string;
        };
        /** @description What changed over one or more moments. */
        PointModel: {
            /**
             * Format: date-time
             * @description the last of them, in the time of the data
             */
            at: string;
            appeared: number;
            strengthened: number;
            weakened: number;
            flipped: number;
            vanished: number;
            /** @description accepted ones between different variables, after it */
            edges: number;
            /** @description number of the one that the graph described after it */
            regime: number;
        };
        /** @description How to govern one instance. */
        Policy: {
            /**
             * @description load that is held, with no reserve
             * @default 0.87
             */
            target: number;
            /**
             * @description load below `target` from which on nothing is raised
             * @default 0.01
             */
            deadband: number;
            /**
             * @description memory load that the largest surprise known must not pass
             * @default 0.91
             */
            ceiling: number;
            /**
             * @description load kept free at first, while it is not known what surprises there are
             * @default 0.14
             */
            distrust: number;
            /**
             * @description time constant with which that is given up
             * @default 15
             */
            trust_s: number;
            /**
             * @description load kept free for surprises, however large they were
             * @default 0.2
             */
            most_reserve: number;
            /**
             * @description time constant with which a surprise is forgotten
             * @default 120
             */
            remember_s: number;
            /**
             * @description loads at which CAUTION, THROTTLE, CRITICAL and PAUSE begin
             * @default [
             *       0.7,
             *       0.88,
             *       0.9,
             *       0.915
             *     ]
             */
            enter: [
                number,
                number,
                number,
                number
            ];
            /**
             * @description loads below which they end
             * @default [
             *       0.6,
             *       0.8,
             *       0.84,
             *       0.86
             *     ]
             */
            leave: [
                number,
                number,
                number,
                number
            ];
            /**
             * @description a level is not left before; from each to the next lower one
             * @default 1
             */
            dwell_s: number;
            /**
             * @description how far ahead memory is predicted
             * @default 0.5
             */
            horizon_s: number;
            /**
             * @description share of work cut per load above `target`
             * @default 3
             */
            gain: number;
            /**
             * @description factor below which one tick does not cut
             * @default 0.5
             */
            deepest_cut: number;
            /**
             * @description share of work given back in a second
             * @default 0.27
             */
            raise_per_s: number;
            /**
             * @description after a cut nothing is given back for so long
             * @default 0.5
             */
            hold_s: number;
            /**
             * @description least share of work while not paused
             * @default 0.05
             */
            floor: number;
            /**
             * @description share of work when nothing is known: at the start, and after a lease ran out
             * @default 0.3
             */
            safe: number;
            /**
             * @description a cut that has changed nothing after so long is ineffective
             * @default 3
             */
            patience_s: number;
            /**
             * @description after a pause of so long, if memory does not rise, the floor is worked at in spite of it
             * @default 5
             */
            longest_pause_s: number;
            /**
             * @description load of memory from which on a pause has no end
             * @default 0.97
             */
            last_resort: number;
            /**
             * @description decide and tell, and change nothing
             * @default false
             */
            dry_run: boolean;
            /**
             * @description what is still well, of everything but memory
             * @default {
             *       "memory_pressure": 0.4,
             *       "memory_pressure_full": 0.2,
             *       "cpu_throttled": 0.5,
             *       "loop_lag": 1,
             *       "gpu_memory": 0.9,
             *       "gpu_temperature": 85
             *     }
             */
            tolerances: components["schemas"]["Tolerances"];
            /**
             * @description what is left out at which share of full work
             * @default [
             *       {
             *         "at": 0.9,
             *         "every": 1,
             *         "targets": 1,
             *         "most_parents": 20,
             *         "nonlinear": true,
             *         "single": false
             *       },
             *       {
             *         "at": 0.75,
             *         "every": 2,
             *         "targets": 1,
             *         "most_parents": 20,
             *         "nonlinear": true,
             *         "single": false
             *       },
             *       {
             *         "at": 0.6,
             *         "every": 2,
             *         "targets": 0.5,
             *         "most_parents": 20,
             *         "nonlinear": true,
             *         "single": false
             *       },
             *       {
             *         "at": 0.45,
             *         "every": 4,
             *         "targets": 0.5,
             *         "most_parents": 10,
             *         "nonlinear": true,
             *         "single": false
             *       },
             *       {
             *         "at": 0.3,
             *         "every": 4,
             *         "targets": 0.25,
             *         "most_parents": 8,
             *         "nonlinear": false,
             *         "single": false
             *       },
             *       {
             *         "at": 0.15,
             *         "every": 8,
             *         "targets": 0.25,
             *         "most_parents": 8,
             *         "nonlinear": false,
             *         "single": false
             *       },
             *       {
             *         "at": 0,
             *         "every": 16,
             *         "targets": 0.1,
             *         "most_parents": 5,
             *         "nonlinear": false,
             *         "single": true
             *       }
             *     ]
             */
            ladder: components["schemas"]["Rung"][];
        };
        /** @description What a governor holds of an instance, and what it should. */
        PolicyModel: {
            /** @enum {string} */
            by: "reflex" | "drg";
            /** @description of which it is wanted: `PUT /components/{name}` */
            component: string;
            in_force: components["schemas"]["TermsModel"];
            wanted: components["schemas"]["TermsModel"];
        };
        /** @description What the peers say of an edge, put together. Numbers are standardised; lag is in steps. */
        PooledEdge: {
            source: string;
            target: string;
            lag: number;
            effect: number;
            se: number;
            expected_low: number | null;
            expected_high: number | null;
            i2: number | null;
            tau2: number;
            q_value: number;
            state: components["schemas"]["PooledState"];
            supports: string[];
            opposes: string[];
            own_effect: number | null;
            own_se: number | null;
        };
        /**
         * @description What is held of an edge across peers.
         * @enum {string}
         */
        PooledState: "accepted" | "contested" | "rejected" | "untested";
        /** @description What came from elsewhere, and how far it is used. */
        PriorModel: {
            /** @description federation:<name>, or meta_learning */
            origin: string;
            /** @description of the round or step that it comes from */
            sequence: number;
            /** Format: date-time */
            at: string;
            /** @description the peers or streams whose evidence it rests on */
            provenance: string[];
            /** @description 0 to 1: as far as it has foreseen the stream's own rows */
            trust: number;
            /** @description that it was judged by */
            rows: number;
            /** @description nats by which forecasts with it are ahead of own ones */
            gain: number;
        };
        /** @description What sealed rounds have cost this deployment in differential privacy, and what it put in. */
        PrivacySpent: {
            epsilon_round: number;
            epsilon_spent: number;
            epsilon_total: number;
            delta: number;
            rounds: number;
            rows: number;
            rows_needed: number;
            withheld: string;
            why: string;
        };
        /** @description RFC 9457. */
        ProblemModel: {
            type: string;
            title: string;
            status: number;
            detail: string;
        };
        /** @description What the last window says of a column. */
        QualityModel: {
            /** @description share of the steps without a value */
            missing: number;
            /** @description the median */
            location: number | null;
            /** @description 1.4826 times the median distance from the median */
            scale: number | null;
            /** @description how far both moved from what is usual, in scales */
            drift: number | null;
            out_of_range: number;
            /** @description many values, all of them the same */
            stuck: boolean;
        };
        /** @description An edge that is known to be true. */
        ReferenceEdgeModel: {
            source: string;
            target: string;
            lag: number;
        };
        /** @description A line that was not accepted. */
        RefusedModel: {
            line: number;
            reason: string;
            message: string;
        };
        /** @description Whether a dead letter would be accepted now; nothing was sent. */
        RehearsedModel: {
            /**
             * @default true
             * @constant
             */
            dry_run: true;
            letter: string;
            topic: string;
            key: string;
            edited: boolean;
            accepted: boolean;
            /** @description the code that it would be refused with */
            reason: string | null;
            message: string | null;
            /** @description variables that would be missing, and why */
            flaws: {
                [key: string]: string;
            };
        };
        /** @description Which dead letters are to be sent again: the oldest that never were. */
        ReplayAllModel: {
            reason: string;
            /** @default 100 */
            limit?: number;
        };
        /** @description How a dead letter is to be sent again; what is left out stays as it was. */
        ReplayModel: {
            /** @description the stream */
            key?: string | null;
            value?: string | null;
            /**
             * @description of the value
             * @default text
             * @enum {string}
             */
            encoding?: "text" | "base64";
            /**
             * @description only say whether it would be accepted now
             * @default false
             */
            dry_run?: boolean;
        };
        /** @description When a dead letter was sent again, or why it was not. */
        ReplayedModel: {
            request: string;
            by: string;
            /** Format: date-time */
            at: string;
            topic: string;
            key: string;
            edited: boolean;
            refused: string | null;
        };
        /**
         * @description What was measured of one process and its surroundings at one moment; None = unknown.
         *
         *     An absent metric is unknown, never 0. Bytes, seconds, cores, degrees Celsius, and shares from 0
         *     to 1.
         *
         *     Pressure is the share of the last half second in which some (or all, `_full`) tasks waited for
         *     the resource. Counts of events are those since the tick before.
         */
        ResourceSample: {
            memory_used: number | null;
            memory_limit: number | null;
            memory_high: number | null;
            /** @default  */
            memory_source: string;
            memory_pressure: number | null;
            memory_pressure_full: number | null;
            memory_high_events: number | null;
            oom_kills: number | null;
            cpu_used: number | null;
            cpu_limit: number | null;
            cpu_throttled: number | null;
            cpu_pressure: number | null;
            io_pressure: number | null;
            io_pressure_full: number | null;
            loop_lag: number | null;
            consumer_lag: number | null;
            latency: number | null;
            busy: number | null;
            gpu_used: number | null;
            gpu_memory_used: number | null;
            gpu_memory_limit: number | null;
            gpu_temperature: number | null;
        };
        /**
         * @description What somebody may do; each role may do all that those before it may.
         * @enum {string}
         */
        Role: "viewer" | "operator" | "admin";
        /** @description A round of a federation, in short. */
        RoundModel: {
            federation: string;
            peer: string;
            round: number;
            mode: string;
            /** Format: date-time */
            at: string;
            outcome: components["schemas"]["RoundOutcome"];
            reason: string;
            accepted: number;
            contested: number;
            peers: components["schemas"]["PeerJudged"][];
            /** @description the same in words */
            text: string;
        };
        /**
         * @description What became of a round.
         * @enum {string}
         */
        RoundOutcome: "pooled" | "too-few" | "no-own-evidence" | "aborted" | "summed";
        /** @description What may be spent while the share of full work is at least `at`. */
        Rung: {
            /** @description share of full work */
            at: number;
            /**
             * @description graphs are brought up to date at every so manieth window
             * @default 1
             */
            every: number;
            /**
             * @description share of the variables of a stream
             * @default 1
             */
            targets: number;
            /**
             * @description lagged parents that a variable can have
             * @default 20
             */
            most_parents: number;
            /**
             * @description whether squares of variables are looked at
             * @default true
             */
            nonlinear: boolean;
            /**
             * @description whether evidence is multiplied in single precision
             * @default false
             */
            single: boolean;
        };
        /** @description What became of a request to send dead letters again. */
        SentModel: {
            /** @description its Idempotency-Key */
            request: string;
            by: string;
            /** Format: date-time */
            at: string;
            sent: number;
            refused: number;
            letters: components["schemas"]["LetterJudgedModel"][];
        };
        /** @description Who one is here. */
        SessionModel: {
            /** @description as commands are signed: token, key:NAME, oidc:NAME */
            name: string;
            role: components["schemas"]["Role"];
            /** @description patterns of the streams one may see; none = all */
            streams: string[];
            expires_at: string | null;
            /** @description what X-CSRF-Token has to say with every call that is no GET; null without a session, as a bearer credential needs none */
            csrf_token: string | null;
        };
        /** @description A piece of work. */
        SpanModel: {
            span_id: string;
            /** @description what led to it; null, or not kept, for the first */
            parent_id: string | null;
            depth: number;
            name: string;
            component: string;
            /** @description of the message that was handled */
            key: string | null;
            /** @description where that message was; null for a request */
            topic: string | null;
            partition: number | null;
            offset: number | null;
            /** @description since the trace began */
            start_ms: number;
            duration_ms: number;
            error: string | null;
        };
        /** @description How a peer stands to what a round came to. */
        StandingModel: {
            peer: string;
            /** @description accepted and contested edges that it is for */
            supports: number;
            /** @description accepted and contested edges that it is against */
            opposes: number;
            /** @description statements of it that were not let in, since the start, by reason */
            refused: {
                [key: string]: number;
            };
        };
        /** @description Statements of a peer that were not let in, since the start. */
        StatementsRefused: {
            peer: string;
            reason: string;
            count: number;
        };
        /** @description An edge on the way. */
        StepModel: {
            source: string;
            target: string;
            lag: number;
            effect: number;
        };
        /** @description A stream, with each of its variables, and what is known to be true of it. */
        StreamDetailsModel: {
            id: string;
            version: number;
            origin: ("inferred" | "explicit") | null;
            variables: string[];
            units: {
                [key: string]: string;
            };
            domain: string;
            /** @description seconds between steps: as defined, else measured */
            cadence_s: number | null;
            /** @description seconds between two records */
            measured_cadence_s: number | null;
            window: components["schemas"]["WindowModel"] | null;
            /** @enum {string} */
            state: "running" | "paused";
            epoch: number;
            /** @description what the newest version changed, in words */
            change: string;
            records: number;
            windows: number;
            rate: number;
            flaws: {
                [key: string]: number;
            };
            late: number;
            last_record_at: string | null;
            last_window_at: string | null;
            edges: number;
            truth: boolean;
            variable_details: components["schemas"]["VariableDetailsModel"][];
            totals: components["schemas"]["TotalsModel"];
            truth_edges: components["schemas"]["ReferenceEdgeModel"][];
            accuracy: components["schemas"]["AccuracyModel"] | null;
        };
        /** @description One stream of a domain: what it taught, and what it was told. */
        StreamLearned: {
            stream: string;
            rows: number;
            unused: string;
            outcome: components["schemas"]["OfferOutcome"];
            reason: string;
            informative: number;
            edges: number;
            likely: number;
            sources: components["schemas"]["LearnedFrom"][];
        };
        /** @description A stream and what is measured of it. */
        StreamModel: {
            id: string;
            version: number;
            origin: ("inferred" | "explicit") | null;
            variables: string[];
            units: {
                [key: string]: string;
            };
            domain: string;
            /** @description seconds between steps: as defined, else measured */
            cadence_s: number | null;
            /** @description seconds between two records */
            measured_cadence_s: number | null;
            window: components["schemas"]["WindowModel"] | null;
            /** @enum {string} */
            state: "running" | "paused";
            epoch: number;
            /** @description what the newest version changed, in words */
            change: string;
            records: number;
            windows: number;
            rate: number;
            flaws: {
                [key: string]: number;
            };
            late: number;
            last_record_at: string | null;
            last_window_at: string | null;
            edges: number;
            truth: boolean;
        };
        /** @description A page of streams. */
        StreamsModel: {
            items: components["schemas"]["StreamModel"][];
            next: string | null;
        };
        /** @description What a governor holds. Null stands for what is not known, or not wanted otherwise. */
        TermsModel: {
            /** @description of what is wanted of it; 0 = as it was started, null = not known: it is not heard of, or its instances differ */
            version: number | null;
            limits: components["schemas"]["Policy"] | null;
            /** @description 0 is cut last; DRG alone has any */
            priority: number | null;
            /** @description for how long a grant is good; DRG alone grants */
            lease_s: number | null;
            /** @description whether it decides and changes nothing */
            is_dry_run: boolean | null;
        };
        /** @description What is still well, per resource other than memory; None = not looked at. */
        Tolerances: {
            /**
             * @description share of time in which some task waited for memory
             * @default 0.4
             */
            memory_pressure: number | null;
            /**
             * @description share of time in which all of them did
             * @default 0.2
             */
            memory_pressure_full: number | null;
            /**
             * @description share of scheduling periods in which the quota ran out
             * @default 0.5
             */
            cpu_throttled: number | null;
            /** @description a busy machine is no harm by itself */
            cpu_pressure: number | null;
            /** @description that disks are busy is no harm by itself either */
            io_pressure_full: number | null;
            /**
             * @description seconds
             * @default 1
             */
            loop_lag: number | null;
            /** @description messages that wait; with a number, work is cut to what lets them be handled sooner */
            consumer_lag: number | null;
            /** @description seconds that handling a message may take */
            latency: number | null;
            /**
             * @description share of its memory
             * @default 0.9
             */
            gpu_memory: number | null;
            /**
             * @description degrees Celsius
             * @default 85
             */
            gpu_temperature: number | null;
        };
        /** @description What all windows hold; cells are values, there or missing. */
        TotalsModel: {
            records: number;
            cells: number;
            missing: number;
            out_of_range: number;
        };
        /** @description A trace with all its work, each piece behind that which led to it. */
        TraceDetailsModel: {
            trace_id: string;
            /** Format: date-time */
            at: string;
            /** @description of its first piece of work */
            name: string;
            duration_ms: number;
            /** @description that it is about */
            streams: string[];
            /** @description in the order in which they came to it */
            components: string[];
            span_count: number;
            has_failed: boolean;
            spans: components["schemas"]["SpanModel"][];
        };
        /** @description A trace in short. */
        TraceModel: {
            trace_id: string;
            /** Format: date-time */
            at: string;
            /** @description of its first piece of work */
            name: string;
            duration_ms: number;
            /** @description that it is about */
            streams: string[];
            /** @description in the order in which they came to it */
            components: string[];
            span_count: number;
            has_failed: boolean;
        };
        /** @description The newest traces. */
        TracesModel: {
            items: components["schemas"]["TraceModel"][];
            next: string | null;
        };
        /** @description It was sent to whoever has the engine. */
        TrialAcceptedModel: {
            stream: string;
            sequence: number;
            detail: string;
        };
        /**
         * @description What was decided about a trial.
         * @enum {string}
         */
        TrialAction: "refuse" | "begin" | "release" | "promote" | "settle" | "drop" | "roll-back" | "withdraw";
        /** @description What was decided about a half-life on trial. */
        TrialJudgedModel: {
            id: string;
            /** Format: date-time */
            at: string;
            stream: string;
            window_id: string;
            action: components["schemas"]["TrialAction"];
            stage: components["schemas"]["TrialStage"];
            by: string;
            trusted: number;
            candidate: number;
            running: number;
            rows: number;
            gain: number;
            e_value: number;
            why: string;
            half_lives: components["schemas"]["HalfLifeModel"][];
        };
        /** @description A half-life to be tried in the engine of a stream. */
        TrialModel: {
            /** @description steps after which a row counts half; 0 = it always counts */
            half_life: number;
            /**
             * @description use it at once, on trial; else only once it is better in shadow
             * @default false
             */
            at_once?: boolean;
        };
        /**
         * @description How far other settings of an engine have come.
         * @enum {string}
         */
        TrialStage: "idle" | "shadow" | "canary" | "promoted" | "rolled-back" | "frozen";
        /** @description A variable, and what the last window says of it if it is a column. */
        VariableDetailsModel: {
            name: string;
            unit: string;
            /** @enum {string} */
            kind: "numeric" | "boolean" | "categorical";
            /** @enum {string} */
            resample: "last" | "mean" | "interpolate";
            low: number | null;
            high: number | null;
            /** @description it has not come for a whole window */
            absent: boolean;
            quality: components["schemas"]["QualityModel"] | null;
        };
        /** @description A variable of a stream. */
        VariableModel: {
            name: string;
            /** @default  */
            unit?: string;
            /**
             * @description categorical ones are known by name, but no columns of the windows
             * @default numeric
             * @enum {string}
             */
            kind?: "numeric" | "boolean" | "categorical";
            /**
             * @description what a step of windows by time shows
             * @default last
             * @enum {string}
             */
            resample?: "last" | "mean" | "interpolate";
            /** @description values below are flagged, not removed */
            low?: number | null;
            /** @description values above are flagged, not removed */
            high?: number | null;
        };
        /** @description What a key is to be. */
        WantedKeyModel: {
            /** @description what it is for; commands that it gives are signed with it */
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            /**
             * @description names of streams, or their beginnings with a * behind, that it may read and write as its role may; none = all, and what is about no stream
             * @default []
             */
            streams?: string[];
            /** @description left out: when it is revoked */
            expires_at?: string | null;
        };
        /** @description What is wanted of a component; what is left out stays as it is. */
        WantedModel: {
            /** @description off: it does nothing but say so */
            enabled?: boolean | null;
            /** @description it takes nothing in hand, and keeps its place */
            paused?: boolean | null;
            /** @description all that is to differ from how it was started; {} = nothing */
            settings?: JsonObject | null;
        };
        /** @description A value of an accepted line that is treated as missing. */
        WarningModel: {
            line: number;
            variable: string;
            reason: string;
        };
        /** @description A path, step by step. */
        WayModel: {
            variables: string[];
            lags: number[];
            effect: number;
            delay: number;
            score: number;
            confidence: number;
            edges: components["schemas"]["StepModel"][];
        };
        /** @description How a stream is cut into windows, as it is. */
        WindowModel: {
            /** @enum {string} */
            kind: "count" | "time";
            size: number;
            lateness_s: number;
            cadence_s: number | null;
            hop: number | null;
            session_gap_s: number | null;
        };
        /** @description How a stream is cut into windows. */
        WindowPolicyModel: {
            /**
             * @default count
             * @enum {string}
             */
            kind?: "count" | "time";
            /**
             * @description steps in a full window
             * @default 256
             */
            size?: number;
            /**
             * @description seconds of event time
             * @default 0
             */
            lateness_s?: number;
            /** @description seconds between steps; kind time; left out: as the records have it */
            cadence_s?: number | null;
            /** @description steps between the beginnings of two windows; left out: the size */
            hop?: number | null;
            /** @description a silence of so many seconds of event time ends a session */
            session_gap_s?: number | null;
        };
        /** @description What is wanted of a component. */
        WishModel: {
            enabled: boolean;
            paused: boolean;
            /** @description all that differs from how it was started */
            settings: JsonObject;
            /** @description 0 = as it was started */
            version: number;
            by: string | null;
            at: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    ingestRecords: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-ndjson": unknown;
                "application/json": unknown;
                "text/csv": unknown;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IngestModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    listStreams: {
        parameters: {
            query?: {
                /** @description items on the page */
                limit?: number;
                /** @description `next` of the page before; left out: the first */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description the next page, as rel="next"; left out at the end */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamsModel"];
                };
            };
            /** @description the cursor is none that this call has handed out: begin again without one */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getStream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamDetailsModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    defineStream: {
        parameters: {
            query?: never;
            header?: {
                /** @description the ETag that was read */
                "If-Match"?: string;
                /** @description * = only if there is none yet */
                "If-None-Match"?: string;
            };
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefinitionModel"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description somebody else has changed it meanwhile */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    forgetStream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    pauseStream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    resumeStream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    tryHalfLife: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrialModel"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialAcceptedModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getGraph: {
        parameters: {
            query?: {
                /** @description all = every edge tested */
                state?: "accepted" | "all";
            };
            header?: {
                "if-none-match"?: string;
            };
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphModel"];
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    exportGraph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
                format: "graphml" | "dot" | "csv";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/xml": unknown;
                    "text/vnd.graphviz": unknown;
                    "text/csv": unknown;
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getEdge: {
        parameters: {
            query?: {
                /** @description left out: the surest one */
                lag?: number;
            };
            header?: never;
            path: {
                stream: string;
                source: string;
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EdgeDetailsModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    findPaths: {
        parameters: {
            query: {
                /** @description the variable that they begin at */
                from: string;
                /** @description the variable that they lead to */
                to: string;
                /** @description paths, at most */
                limit?: number;
            };
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PathsModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getHistory: {
        parameters: {
            query?: {
                /** @description changes are summed up in so many, at most */
                points?: number;
            };
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getGraphAt: {
        parameters: {
            query: {
                at: string;
            };
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphThenModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getDifferences: {
        parameters: {
            query: {
                from: string;
                to: string;
            };
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DifferencesModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    listComponents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComponentsModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getComponent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComponentDetailsModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    configureComponent: {
        parameters: {
            query?: never;
            header?: {
                /** @description the ETag that was read */
                "If-Match"?: string;
                /** @description said twice, it is done once */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedModel"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandModel"] | components["schemas"]["PendingModel"];
                };
            };
            /** @description sent; the Core Manager has not answered yet */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description somebody else has changed it meanwhile */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description items on the page */
                limit?: number;
                /** @description `next` of the page before; left out: the first */
                cursor?: string;
                /** @description the code */
                reason?: string;
                /** @description the topic it came from */
                origin_topic?: string;
                /** @description the stream, if it was a record */
                key?: string;
                /** @description refused then or later */
                since?: string;
                /** @description refused before */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description the next page, as rel="next"; left out at the end */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLettersModel"];
                };
            };
            /** @description the cursor is none that this call has handed out: begin again without one */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    replayDeadLetters: {
        parameters: {
            query?: never;
            header: {
                /** @description said twice, it is done once */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayAllModel"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    replayDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description said twice, it is done once */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayModel"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RehearsedModel"] | components["schemas"]["SentModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterDetailsModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description kinds of events, or all; may be repeated */
                type?: (("edge" | "definition" | "component" | "command" | "decision" | "round" | "learning" | "trial" | "dead-letter" | "replay") | "all")[];
                /** @description items on the page */
                limit?: number;
                /** @description `next` of the page before; left out: the first */
                cursor?: string;
                stream?: string;
                /** @description at that time or later */
                since?: string;
                /** @description before */
                until?: string;
                trace_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description the next page, as rel="next"; left out at the end */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventsModel"];
                };
            };
            /** @description the cursor is none that this call has handed out: begin again without one */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EdgeEventDetailsModel"] | components["schemas"]["EventDetailsModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    listTraces: {
        parameters: {
            query?: {
                stream?: string;
                /** @description true: those alone in which something failed */
                failed?: boolean;
                /** @description items on the page */
                limit?: number;
                /** @description `next` of the page before; left out: the first */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description the next page, as rel="next"; left out at the end */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TracesModel"];
                };
            };
            /** @description the cursor is none that this call has handed out: begin again without one */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    getTrace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                trace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceDetailsModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    readGovernor: {
        parameters: {
            query?: {
                /** @description items on the page */
                limit?: number;
                /** @description `next` of the page before; left out: the first */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description the next page, as rel="next"; left out at the end */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GovernorModel"];
                };
            };
            /** @description the cursor is none that this call has handed out: begin again without one */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    readFederation: {
        parameters: {
            query?: {
                /** @description items on the page */
                limit?: number;
                /** @description `next` of the page before; left out: the first */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description the next page, as rel="next"; left out at the end */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FederationModel"];
                };
            };
            /** @description the cursor is none that this call has handed out: begin again without one */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    readMetaLearning: {
        parameters: {
            query?: {
                /** @description items on the page */
                limit?: number;
                /** @description `next` of the page before; left out: the first */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description the next page, as rel="next"; left out at the end */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LearningModel"];
                };
            };
            /** @description the cursor is none that this call has handed out: begin again without one */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    followEvents: {
        parameters: {
            query?: {
                /** @description these kinds alone, with commas between them or repeated */
                kinds?: string[];
                /** @description what is about these streams alone; may be repeated */
                stream?: string[];
            };
            header?: {
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description items on the page */
                limit?: number;
                /** @description `next` of the page before; left out: the first */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description the next page, as rel="next"; left out at the end */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysModel"];
                };
            };
            /** @description the cursor is none that this call has handed out: begin again without one */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    issueKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedKeyModel"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKeyModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    readSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionModel"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description no credential that counts */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the role is not enough, or the stream is another's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description too many calls; `Retry-After` says when to go on */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
            /** @description the bus cannot be reached or is full; `Retry-After` says when to try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemModel"];
                };
            };
        };
    };
}
