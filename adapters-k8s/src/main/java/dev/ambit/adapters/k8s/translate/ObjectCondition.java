package dev.ambit.adapters.k8s.translate;

/**
 * What is to be said in an object's status, in Istio's words where it has them.
 *
 * @param type the condition's type, such as {@code istio.io/WaypointBound}
 * @param met the condition's status
 * @param reason one word
 * @param message one line that names the value and the way out
 */
public record ObjectCondition(ObjectKey object, String type, boolean met, String reason, String message) {}
