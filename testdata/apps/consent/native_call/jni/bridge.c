/*
 * The native half of this app: startNative calls App.onNativeReady.
 * lib/x86_64/libbridge.so is built from it once, by
 *
 *   gcc -shared -fPIC -Os -s -nostdlib -ffreestanding -fno-asynchronous-unwind-tables \
 *     -I"$JAVA_HOME/include" -I"$JAVA_HOME/include/linux" -Wl,--build-id=none,-z,noseparate-code,--hash-style=gnu \
 *     -o lib/x86_64/libbridge.so jni/bridge.c
 *
 * and committed, so that building the app needs no C compiler.
 */
#include <jni.h>

JNIEXPORT void JNICALL Java_com_example_native_1call_App_startNative(JNIEnv *env, jclass app, jobject context) {
    jmethodID ready = (*env)->GetStaticMethodID(env, app, "onNativeReady", "(Landroid/content/Context;)V");
    if (ready) {
        (*env)->CallStaticVoidMethod(env, app, ready, context);
    }
}
