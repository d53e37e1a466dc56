package dev.ambit.ports.ca;

import java.util.Map;
import java.util.Optional;

/** A storage in memory, which can be made to fail. */
public final class FakeRootStorage implements RootStorage {
    private Optional<Stored> stored = Optional.empty();
    private int versions;
    private int writes;
    private boolean broken;

    public synchronized void breakDown() {
        broken = true;
    }

    public synchronized void repair() {
        broken = false;
    }

    /** Puts documents there as another process would. */
    public synchronized void put(Map<String, String> documents) {
        versions++;
        stored = Optional.of(new Stored(documents, Integer.toString(versions)));
    }

    public synchronized int writes() {
        return writes;
    }

    @Override
    public synchronized Optional<Stored> load() {
        requireSound();
        return stored;
    }

    @Override
    public synchronized Optional<Stored> replace(Map<String, String> documents, Optional<String> expectedVersion) {
        requireSound();
        if (!stored.map(Stored::version).equals(expectedVersion)) {
            return Optional.empty();
        }
        put(documents);
        writes++;
        return stored;
    }

    private void requireSound() {
        if (broken) {
            throw new CertificateAuthorityException("the storage in memory was broken on purpose");
        }
    }

    @Override
    public String place() {
        return "memory";
    }
}
