package dev.ambit.ports.ca;

final class FakeRootStorageTest extends RootStorageContract {
    private final FakeRootStorage storage = new FakeRootStorage();

    @Override
    protected RootStorage storage() {
        return storage;
    }
}
