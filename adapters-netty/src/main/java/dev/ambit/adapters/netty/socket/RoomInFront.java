package dev.ambit.adapters.netty.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/** Read buffers that begin with unused bytes, so that a frame's header fits in front of what was read. */
@SuppressWarnings("deprecation") // epoll still asks for the kind of handle that Netty means to replace
final class RoomInFront implements RecvByteBufAllocator {
    /** An HTTP/2 frame header, rounded up to keep data aligned. */
    private static final int BYTES = 16;

    private final RecvByteBufAllocator sizes;

    RoomInFront(RecvByteBufAllocator sizes) {
        this.sizes = sizes;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new RoomyHandle((ExtendedHandle) sizes.newHandle());
    }

    /** Epoll asks for an {@link ExtendedHandle}. */
    private static final class RoomyHandle extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle sizes;

        RoomyHandle(ExtendedHandle sizes) {
            super(sizes);
            this.sizes = sizes;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return allocator.ioBuffer(guess() + BYTES).setIndex(BYTES, BYTES);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return sizes.continueReading(maybeMore);
        }
    }
}
