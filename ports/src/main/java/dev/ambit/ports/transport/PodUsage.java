package dev.ambit.ports.transport;

/**
 * What one pod has of a transport now.
 *
 * @param sockets open for it, of those that {@link TransportLimits.Capacity#sockets} bounds
 * @param bufferedBytes read for it and not yet written on, of those that the capacity bounds; may lag by some kilobytes
 */
public record PodUsage(int sockets, long bufferedBytes) {}
