package com.example.pocketnotes.photo;

import android.Manifest;
import android.app.Activity;
import android.content.pm.PackageManager;
import android.hardware.Camera;
import android.os.Bundle;
import android.view.SurfaceHolder;
import android.view.SurfaceView;
import android.view.View;
import android.widget.Toast;

import java.io.FileOutputStream;
import java.io.IOException;

import com.example.pocketnotes.R;

/** Takes a picture for a note. Planted: the main policy does not mention the camera. */
@SuppressWarnings("deprecation")
public class PhotoNoteActivity extends Activity
        implements SurfaceHolder.Callback, View.OnClickListener, Camera.PictureCallback {
    private static final int ASK_CAMERA = 1;

    private Camera camera;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.activity_photo);
        findViewById(R.id.take).setOnClickListener(this);
        ((SurfaceView) findViewById(R.id.preview)).getHolder().addCallback(this);
        if (checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) {
            requestPermissions(new String[] {Manifest.permission.CAMERA}, ASK_CAMERA);
        }
    }

    @Override
    public void surfaceCreated(SurfaceHolder holder) {
        try {
            camera = Camera.open();
            camera.setPreviewDisplay(holder);
            camera.startPreview();
        } catch (IOException failed) {
            cameraMissing();
        } catch (RuntimeException refused) {
            cameraMissing();
        }
    }

    @Override
    public void surfaceChanged(SurfaceHolder holder, int format, int width, int height) {
    }

    @Override
    public void surfaceDestroyed(SurfaceHolder holder) {
        if (camera != null) {
            camera.release();
            camera = null;
        }
    }

    @Override
    public void onClick(View view) {
        if (camera != null) {
            camera.takePicture(null, null, this);
        }
    }

    @Override
    public void onPictureTaken(byte[] jpeg, Camera taken) {
        try {
            FileOutputStream out = openFileOutput("photo.jpg", MODE_PRIVATE);
            try {
                out.write(jpeg);
            } finally {
                out.close();
            }
            finish();
        } catch (IOException full) {
            cameraMissing();
        }
    }

    private void cameraMissing() {
        Toast.makeText(this, R.string.camera_missing, Toast.LENGTH_SHORT).show();
    }
}
