var siteInfo = {"projectName":"/yhwz","siteGuid":"7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"};
function ajaxInit(){ return true; }
