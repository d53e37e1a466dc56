package dev.ambit.services.cli.admin;

import dev.ambit.services.cli.lab.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The admin server of a running service, as a command asks it.
 *
 * @param service in words, such as "the node proxy"
 * @param url given by {@code --admin}
 * @param usual what {@code --admin} looks like, for whoever got it wrong
 * @param patience with connecting, and with the answer
 */
public record AdminServer(String service, String url, String usual, Duration patience) {

    /**
     * The answer's text.
     *
     * @param path with its query
     * @throws LabException if there is none, or it is not 200; says why in one line
     */
    public String ask(String method, String path) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setConnectTimeout(Math.toIntExact(patience.toMillis()));
            connection.setReadTimeout(Math.toIntExact(patience.toMillis()));
            int status = connection.getResponseCode();
            InputStream body =
                    status == HttpURLConnection.HTTP_OK ? connection.getInputStream() : connection.getErrorStream();
            String answer = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
            if (status != HttpURLConnection.HTTP_OK) {
                throw new LabException(service + " answered " + status + ": " + answer.strip());
            }
            return answer;
        } catch (IllegalArgumentException e) {
            throw new LabException("--admin is '" + url + "'; it must be a URL such as " + usual);
        } catch (IOException e) {
            throw new LabException("cannot ask " + service + " at " + url + " (" + e.getMessage()
                    + "); is it running, and its admin server within reach from here?");
        }
    }
}
