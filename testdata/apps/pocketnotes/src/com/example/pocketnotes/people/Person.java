package com.example.pocketnotes.people;

/** A contact with one phone number. */
public final class Person {
    private final String name;
    private final String number;

    public Person(String name, String number) {
        this.name = name;
        this.number = number;
    }

    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name + " " + number;
    }
}
