package dev.ambit.adapters.k8s.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What the API server last said to lists and watches, kind by kind. Informers try again by themselves, without a word to
 * anybody that something is wrong for good.
 */
final class ApiAnswers implements Interceptor {
    private static final int SWITCHING_PROTOCOLS = 101;

    /** Why the last request for a resource failed, by path. */
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Calls the listener, on any thread, whenever another answer than before comes. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /** Why the resource at this path, such as {@code /api/v1/pods}, cannot be listed or watched at present. */
    Optional<String> failure(String path) {
        return Optional.ofNullable(failures.get(path));
    }

    /** Whether anything cannot be listed or watched at present. */
    boolean isFailing() {
        return !failures.isEmpty();
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        URI uri = request.uri();
        int code = response.code();
        boolean fine = response.isSuccessful() || code == SWITCHING_PROTOCOLS;
        // A watch from a version that is too old is no failure: the kind is listed again.
        note(uri, fine || code == 410 ? "" : explain(code, uri));
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        URI uri = request.uri();
        Throwable cause = failure;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        note(
                uri,
                "the API server at " + uri.getHost() + ":" + uri.getPort() + " cannot be reached (" + said
                        + "); tried again");
    }

    private void note(URI uri, String failure) {
        String path = uri.getPath();
        String before = failure.isEmpty() ? failures.remove(path) : failures.put(path, failure);
        if (!failure.equals(before == null ? "" : before)) {
            listeners.forEach(Runnable::run);
        }
    }

    private static String explain(int code, URI uri) {
        String resource = uri.getPath();
        return switch (code) {
            case 401 -> "the API server does not know us: it refuses our token";
            case 403 ->
                "the API server forbids us to list or watch " + resource
                        + ": grant get, list and watch to our service account, as deploy/control-plane/rbac.yaml does";
            case 404 -> "the API server does not serve " + resource;
            default -> "the API server answers " + code + " to " + resource + "; tried again";
        };
    }
}
