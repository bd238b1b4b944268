package com.example.command_map;

import android.content.Context;
import java.util.LinkedHashMap;
import java.util.Map;

final class Commands {
    private static final Map<String, Command> ALL = new LinkedHashMap<>();

    static {
        ALL.put("init", new InitCommand());
        ALL.put("share", new ShareCommand());
    }

    static void run(String name, Context context) {
        Command command = ALL.get(name);
        if (command != null) {
            command.run(context);
        }
    }
}
