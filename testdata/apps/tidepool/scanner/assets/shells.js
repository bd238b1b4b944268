wx.getLocation({success:function(p){}});
