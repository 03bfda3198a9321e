package org.mtlfarm.cuda;

/** A device refused or failed; the message says what it was asked and what it answered. */
public class DeviceException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final boolean lost;

    /** @param lost whether nothing else will work on this device in this process */
    public DeviceException(String message, boolean lost) {
        super(message);
        this.lost = lost;
    }

    public boolean lost() {
        return lost;
    }

    /** There is not enough free memory on the device; it works as before. */
    public static final class OutOfMemory extends DeviceException {
        private static final long serialVersionUID = 1L;

        public OutOfMemory(String message) {
            super(message, false);
        }
    }
}
