package com.example.app_base_class;

public class App extends BaseApp {
}
