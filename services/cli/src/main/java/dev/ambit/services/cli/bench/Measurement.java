package dev.ambit.services.cli.bench;

import java.util.Locale;

/**
 * One load on one path, once.
 *
 * @param path {@code direct}, or the proxy it led through
 * @param cpuPerUnit CPU seconds of both proxies together per GB, or microseconds per request or connection; NaN for direct
 * @param rssMiB of the larger proxy right after the load; NaN for direct
 */
record Measurement(
        String path,
        Test test,
        int round,
        double perSecond,
        double p50Micros,
        double p99Micros,
        double cpuPerUnit,
        double rssMiB,
        long failures) {

    /** The loads, in the order in which they are run. */
    enum Test {
        UPLOAD_1("1 connection up", Unit.BYTES),
        DOWNLOAD_1("1 connection down", Unit.BYTES),
        UPLOAD_8("8 connections up", Unit.BYTES),
        DOWNLOAD_8("8 connections down", Unit.BYTES),
        REQUESTS_8("requests, 8 connections", Unit.REQUESTS),
        RATE_1000("1000 requests/s", Unit.REQUESTS),
        /** How much the same requests suffer from their neighbours on the way: compare with {@link #RATE_1000}. */
        SMALL_BESIDE_STALLED_AND_BULK("1000 requests/s beside 8 stalled, 8 bulk", Unit.REQUESTS),
        CONNECTIONS_8("new connections, 8 callers", Unit.CONNECTIONS),
        /** A mesh of its own, in which no tunnel is used twice. */
        TUNNELS_NEW("a new tunnel per connection", Unit.CONNECTIONS),
        /** A mesh of its own, which is only started: its figures are among those of the starts. */
        WORKLOADS_50000("start with 50000 workloads", Unit.CONNECTIONS),
        NEIGHBOUR_UPLOAD_1("same node, 1 connection up", Unit.BYTES),
        NEIGHBOUR_UPLOAD_8("same node, 8 connections up", Unit.BYTES),
        NEIGHBOUR_REQUESTS_8("same node, requests, 8 conns", Unit.REQUESTS);

        private final String title;
        private final Unit unit;

        Test(String title, Unit unit) {
            this.title = title;
            this.unit = unit;
        }

        String title() {
            return title;
        }

        Unit unit() {
            return unit;
        }

        /** Whether it is put on a mesh that is configured for it alone. */
        boolean hasOwnMesh() {
            return this == TUNNELS_NEW || this == WORKLOADS_50000;
        }

        /** Whether caller and server are on one node, with one proxy between them. */
        boolean isOnOneNode() {
            return name().startsWith("NEIGHBOUR");
        }
    }

    /** What a load counts, and how its figures are written. */
    enum Unit {
        BYTES,
        REQUESTS,
        CONNECTIONS;

        double cpuPerUnit(double cpuSeconds, double units) {
            return this == BYTES ? cpuSeconds / (units / 1e9) : cpuSeconds / units * 1e6;
        }

        String cpuName() {
            return this == BYTES ? "s/GB" : this == REQUESTS ? "us/request" : "us/connection";
        }

        String speed(double perSecond) {
            return this == BYTES
                    ? String.format(Locale.ROOT, "%.2f Gbit/s", perSecond * 8 / 1e9)
                    : String.format(Locale.ROOT, "%.0f/s", perSecond);
        }
    }

    /** One line of JSON. */
    String json() {
        return "{\"path\":\"" + path + "\",\"test\":\"" + test.name().toLowerCase(Locale.ROOT) + "\",\"round\":" + round
                + ",\"perSecond\":" + number(perSecond) + ",\"p50Micros\":" + number(p50Micros) + ",\"p99Micros\":"
                + number(p99Micros) + ",\"cpuPerUnit\":" + number(cpuPerUnit) + ",\"cpuUnit\":\""
                + test.unit().cpuName() + "\",\"rssMiB\":" + number(rssMiB) + ",\"failures\":" + failures + "}";
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.3f", value);
    }
}
