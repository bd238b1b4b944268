package cn.jpush.android.data;

/** Shell of our own: what a device is registered with. */
public final class Registration {
    private final String subscriber;
    private final String hardwareAddress;

    public Registration(String subscriber, String hardwareAddress) {
        this.subscriber = subscriber;
        this.hardwareAddress = hardwareAddress;
    }

    public String id() {
        return Integer.toHexString((subscriber + '/' + hardwareAddress).hashCode());
    }
}
