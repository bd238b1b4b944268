package com.example.work_service_compat;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button report = new Button(this);
        report.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                WorkService.enqueue(Main.this, ReportService.class);
            }
        });
        setContentView(report);
    }
}
