package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.RouteFacts.Parent;
import java.util.Optional;

/**
 * What is to be said in an object's status, in Istio's words where it has them.
 *
 * @param type the condition's type, such as {@code istio.io/WaypointBound}
 * @param met the condition's status
 * @param reason one word
 * @param message one line that names the value and the way out
 * @param parent of a route: whose word this is about; empty if it is about the whole object
 */
public record ObjectCondition(
        ObjectKey object, String type, boolean met, String reason, String message, Optional<Parent> parent) {

    /** About the whole object. */
    public ObjectCondition(ObjectKey object, String type, boolean met, String reason, String message) {
        this(object, type, met, reason, message, Optional.empty());
    }
}
