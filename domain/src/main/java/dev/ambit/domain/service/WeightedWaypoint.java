package dev.ambit.domain.service;

import dev.ambit.domain.workload.GatewayReference;

/** One of several waypoints between which traffic is split. Weight 0 is never chosen. */
public record WeightedWaypoint(GatewayReference destination, int weight) {}
