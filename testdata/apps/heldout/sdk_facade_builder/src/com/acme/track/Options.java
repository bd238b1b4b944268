package com.acme.track;

final class Options {
    String key;
    String channel;
    int level;
}
