package com.example.event_bus;

public class StartEvent {}
